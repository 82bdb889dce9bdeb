"""The words of which a time told from now is made, in the languages of the press, as tables.

Knows words; how a time is put together from them is ``relative``'s affair.
"""

from __future__ import annotations

from typing import Final

from archiver.months import fold

_UNITS_TABLE: Final = """
second s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondo \
secondi seconden sekund sekunder sekunda sekundy sekundu sekunti sekuntia masodperc masodperce \
secunda secunde saniye секунда секунду секунды секунд сек δευτερολεπτα detik giay שניות ثانية ثوان
minute m mn min mins minute minutes minuten minuto minutos minuto minuti minuut minuter minut \
minutter minuta minuty minutou minutami minuut minuuttia minuutti perc perce minut dakika dk \
минута минуту минуты минут мин хвилина хвилину хвилини хвилин минути λεπτα λεπτο menit phut \
דקה דקות دقيقة دقائق मिनट นาที
hour h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren timme timmar \
tim time timer t godzina godzine godziny godzin godz hodina hodinu hodiny hodinou hodinami hodin \
tunti tuntia ora oraja oraval ore saat sa час часа часов ч година годину години годин часа ωρα \
ωρες jam gio שעה שעות ساعة ساعات घंटे घंटा ชั่วโมง hores sat sati sata ura urami
day d day days tag tage tagen jour jours j dia dias giorno giorni gg dag dagen dagar dage dager \
dzien dni den dny dnem dni dnu paiva paivaa nap napja zi zile gun день дня дней дн дни дена ден \
днів дні ημερα ημερες μερες hari ngay יום ימים يوم أيام दिन วัน dies dan dana dnevi
week w wk wks week weeks woche wochen wo semaine semaines sem semana semanas settimana settimane \
weken vecka veckor v uge uger uke uker tydzien tygodnie tygodni tyden tydny tydnem viikko viikkoa \
het hete saptamana saptamani hafta неделя неделю недели недель нед тиждень тижні тижнів седмица \
седмици εβδομαδα εβδομαδες minggu tuan שבוע שבועות أسبوع أسابيع सप्ताह สัปดาห์ setmana setmanes \
tjedan tjedna tjedana nedelja nedelje
month mo mos mth month months monat monate monaten mois mes meses mese mesi maand maanden manad \
manader maned maneder maaned miesiac miesiace miesiecy mies mesic mesice mesici mesicem mesicu \
kuukausi kuukautta honap honapja luna luni ay месяц месяца месяцев мес місяць місяці місяців \
месец месеца μηνα μηνες bulan thang חודש חודשים شهر أشهر महीने เดือน mesos mjesec mjeseca
year y yr yrs year years jahr jahre jahren an ans annee annees ano anos anno anni jaar jaren ar \
rok lata lat roky lety rokem let vuosi vuotta ev eve ani yil sene год года лет г рік роки років \
година години χρονο χρονια ετη tahun nam שנה שנים سنة سنوات साल वर्ष ปี any anys godina godine leto
"""
"""A unit and its words in all languages, one line each, folded (``months.fold``). A word that means
two units in two languages (``година`` is an hour in Ukrainian, a year in Bulgarian) stays with the
first line that has it."""


def _words_of(table: str, mark: str | None = None) -> frozenset[str]:
    return frozenset(fold(word) for word in table.split(mark))


ONE: Final = _words_of("""
a an one ein eine einer einem einen un une una uno um uma een en ett et jeden jedna jedne jednu
один одну одна bir egy yksi o unei eno satu mot
""")
BARE: Final = _words_of("""
секунду минуту час день неделю месяц год хвилину годину тиждень місяць рік godzine dzien tydzien
miesiac rok hodinou minutou dnem tydnem mesicem rokem oraja perce napja hete honapja eve
שעה דקה יום שבוע חודש שנה ساعة دقيقة يوم أسبوع شهر سنة
""")
"""Words that mean one unit without a number: "час назад", "לפני שעה", "napja"."""
SELF: Final = _words_of("oraja perce masodperce napja hete honapja eve")
"""Hungarian says "3 napja": the ending is the "ago"."""
BEFORE: Final = _words_of("vor hace ha faz acum pred prije pre πριν преди לפני منذ قبل fa")
AFTER: Final = _words_of("""
ago fa geleden sedan siden temu назад тому önce sitten ezelőtt lalu trước atrás zurück पहले
ที่แล้ว ที่ผ่านมา nazaj
""")
VAGUE: Final = _words_of("""
about around almost over more than less ca circa etwa rund fast über mehr als knapp ungefähr
environ plus de près más unos unas cerca casi quase mais di oltre quasi ongeveer bijna ruim omkring
cirka ponad około около почти более yaklaşık noin approximately nearly the από
""")
AND: Final = _words_of("and und et y e en och og i и і ja a ve si es και")
ILYA: Final = ("il", "y", "a")

TODAY: Final = (
    "today|heute|aujourd hui|aujourdhui|hoy|hoje|oggi|vandaag|idag|i dag|tanaan|dzisiaj|dzis|dnes|"
    "azi|astazi|bugun|сегодня|сьогодні|днес|σημερα|今日|今天|오늘|hari ini|hom nay|היום|"
    "اليوم|avui"
)
YESTERDAY: Final = (
    "yesterday|gestern|hier|ayer|ontem|ieri|gisteren|igar|i gar|eilen|wczoraj|vcera|tegnap|dun|"
    "вчера|вчора|учора|χθες|χτες|昨日|昨天|어제|kemarin|hom qua|אתמול|أمس|ahir|jucer|vceraj"
)
BEFORE_YESTERDAY: Final = (
    "vorgestern|avant.hier|anteayer|antes de ayer|anteontem|l altro ieri|eergisteren|i forrgar|"
    "i forgars|przedwczoraj|predevcirem|позавчера|позавчора|一昨日|前天|그저께|toissapaivana"
)
NOW: Final = _words_of(
    "just now|right now|now|a moment ago|moments ago|a few seconds ago|gerade eben|soeben|jetzt|"
    "eben gerade|vor wenigen sekunden|vor kurzem|a l instant|il y a quelques secondes|ahora mismo|"
    "hace un momento|hace unos segundos|agora|agora mesmo|ha poucos segundos|adesso|proprio ora|"
    "poco fa|zojuist|zonet|nyss|just nu|lige nu|akkurat na|juuri nyt|przed chwila|"
    "prave ted|az imenti|acum|simdi|az once|только что|щойно|μολις τωρα|刚刚|刚才|剛剛|"
    "たった今|방금|방금 전|baru saja|vua xong|עכשיו|الآن",
    "|",
)


def _units() -> dict[str, str]:
    units: dict[str, str] = {}
    for line in _UNITS_TABLE.strip().splitlines():
        name, *words = line.split()
        for word in words:
            units.setdefault(fold(word), name)
    return units


UNITS: Final = _units()
