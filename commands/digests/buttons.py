"""What the buttons of a digest are called; they carry its number.

The last three are of who subscribed: they are offered once something answers them.
"""

MY_NUMBERS = "digests.mine"
WHY = "digests.why"
WHY_PAGE = "digests.why_page"
CHANGE = "digests.change"
PAUSE = "digests.pause"
PREVIEW = "digests.preview"
MUTE = "digests.mute"
OF_CHANNELS = {CHANGE: "Change…", PAUSE: "Pause…", PREVIEW: "Preview the next one"}
OF_PEOPLE = {**OF_CHANNELS, MUTE: "Leave out a section…"}
