"""The names of the months in the languages of the press, as one table.

Knows names; how a date is put together from them is ``moments``' affair.
"""

from __future__ import annotations

import unicodedata
from typing import Final

TABLE: Final = """
en january february march april may june july august september october november december
en jan feb mar apr may jun jul aug sep oct nov dec
en jan feb mar apr may jun jul aug sept oct nov dec
de januar februar marz april mai juni juli august september oktober november dezember
de jan feb mrz apr mai jun jul aug sep okt nov dez
de janner feber maerz april mai juni juli august september oktober november dezember
fr janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
fr janv fevr mars avr mai juin juil aout sept oct nov dec
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
es ene feb mar abr may jun jul ago set oct nov dic
pt janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
pt jan fev mar abr mai jun jul ago set out nov dez
it gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
it gen feb mar apr mag giu lug ago set ott nov dic
ca gener febrer marc abril maig juny juliol agost setembre octubre novembre desembre
gl xaneiro febreiro marzo abril maio xuno xullo agosto setembro outubro novembro decembro
nl januari februari maart april mei juni juli augustus september oktober november december
nl jan feb mrt apr mei jun jul aug sep okt nov dec
af januarie februarie maart april mei junie julie augustus september oktober november desember
sv januari februari mars april maj juni juli augusti september oktober november december
da januar februar marts april maj juni juli august september oktober november december
no januar februar mars april mai juni juli august september oktober november desember
no jan feb mar apr mai jun jul aug sep okt nov des
is januar februar mars april mai juni juli agust september oktober november desember
fi tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta heinakuuta \
elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
et jaanuar veebruar marts aprill mai juuni juuli august september oktoober november detsember
pl stycznia lutego marca kwietnia maja czerwca lipca \
sierpnia wrzesnia pazdziernika listopada grudnia
pl sty lut mar kwi maj cze lip sie wrz paz lis gru
cs ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince
sk januara februara marca aprila maja juna jula augusta septembra oktobra novembra decembra
sl januarja februarja marca aprila maja junija julija avgusta \
septembra oktobra novembra decembra
sr januar februar mart april maj jun jul avgust septembar oktobar novembar decembar
sr јануар фебруар март април мај јун јул август септембар октобар новембар децембар
sr јануара фебруара марта априла маја јуна јула августа \
септембра октобра новембра децембра
lt sausio vasario kovo balandzio geguzes birzelio liepos \
rugpjucio rugsejo spalio lapkricio gruodzio
lv janvaris februaris marts aprilis maijs junijs julijs \
augusts septembris oktobris novembris decembris
sq janar shkurt mars prill maj qershor korrik gusht shtator tetor nentor dhjetor
hu januar februar marcius aprilis majus junius julius \
augusztus szeptember oktober november december
hu jan febr marc apr maj jun jul aug szept okt nov dec
ro ianuarie februarie martie aprilie mai iunie iulie \
august septembrie octombrie noiembrie decembrie
tr ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
tr oca sub mar nis may haz tem agu eyl eki kas ara
az yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
id januari februari maret april mei juni juli agustus september oktober november desember
id jan feb mar apr mei jun jul agu sep okt nov des
ms januari februari mac april mei jun julai ogos september oktober november disember
ru января февраля марта апреля мая июня июля августа сентября октября ноября декабря
ru янв фев мар апр май июн июл авг сен окт ноя дек
ru январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
bg януари февруари март април май юни юли август септември октомври ноември декември
uk січня лютого березня квітня травня червня липня \
серпня вересня жовтня листопада грудня
uk січ лют бер квіт трав черв лип серп вер жовт лист груд
el ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου \
αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου
el ιαν φεβ μαρ απρ μαι ιουν ιουλ αυγ σεπ οκτ νοε δεκ
ar يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
he ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
he בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר
"""
"""A language and its twelve names to a line, in the genitive where the language dates with it. Not
Croatian: its ``listopada`` is October, which is November in Polish."""


def fold(text: str) -> str:
    """``text`` in lower case without accents (NFKD, marks dropped)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("ł", "l"))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", plain)  # Hangul syllables were taken apart


NUMBER_OF_MONTH: Final = {
    fold(name): number
    for line in TABLE.strip().splitlines()
    for number, name in enumerate(line.split()[1:], 1)
}
"""1 to 12 by folded name."""
