"""Numbers of persons in texts, found however they are written, and masked.

Telephones, identity cards, bank cards, car plates, passports, e-mail, QQ and WeChat. Digits may be
full-width, circled or Chinese, parted by anything but words, rounded by a spreadsheet. Amounts, years,
dates and house numbers are none; whole columns of keys and codes are the caller's to leave out.
"""

from portal.personal_numbers.masking import mask_numbers
from portal.personal_numbers.signs import mask_digits

__all__ = ["mask_digits", "mask_numbers"]
