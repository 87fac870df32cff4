"""What the buttons of a digest are called. They carry its number; those of its menu carry the subscription's.

Those are of whoever subscribed: they are offered once something answers them.
"""

from commands.digests.subscribing.controls import CHANGE, PAUSE, PREVIEW

MY_NUMBERS = "digests.mine"
WHY = "digests.why"
WHY_PAGE = "digests.why_page"
MUTE = "digests.sub.mute"
OF_CHANNELS = {CHANGE: "Change…", PAUSE: "Pause", PREVIEW: "Preview the next one"}
OF_PEOPLE = {**OF_CHANNELS, MUTE: "Leave out a section…"}
