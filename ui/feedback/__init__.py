"""What people say about answers, kept in one SQLite file, and where the archive has gaps.

A question is kept when somebody gives feedback on its answer, and only then. Refused questions are counted for the gap log if the
setting ``keep_refused`` is on, which it is not by default: whoever asks should not find later that it was written down.

The server keeps recent answers under tokens that cannot be guessed (:mod:`ui.shelf`), and feedback names a token: no client can
have an answer written down that was never given. The same token again replaces what was said before, so that a person may change
their mind, or take back (:meth:`Feedbacks.drop`).
"""

from ui.feedback.records import Cited, Feedback, Opinion, Reason, Verdict
from ui.feedback.store import Feedbacks

__all__ = ["Cited", "Feedback", "Feedbacks", "Opinion", "Reason", "Verdict"]
