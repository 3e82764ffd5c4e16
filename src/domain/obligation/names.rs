//! What each line of the catalogue is called, in the words of the official texts.

use super::kind::ObligationKind;
use super::kind::ObligationKind as K;
use crate::domain::names::Names;

impl ObligationKind {
    /// Names in three languages, in the words of the official texts.
    #[must_use]
    pub fn names(self) -> Names {
        let (kk, ru, en) = match self {
            K::O01 => (
                "Байланыс арналары мен құралдарын тексеру, кезекшілердің байланыс деректерін нақтылау",
                "Проверка каналов и средств связи, уточнение контактных данных дежурных",
                "Check channels and means of communication, update contact details of duty officers",
            ),
            K::O02 => (
                "Төтенше жағдай туралы ақпаратты «112» жедел кезекшісіне шұғыл түрде беру",
                "Передача информации о чрезвычайной ситуации оперативному дежурному «112» в экстренном порядке",
                "Pass emergency information urgently to the 112 duty officer",
            ),
            K::O03 => (
                "Ден қою жөніндегі іс-қимылдар туралы «112» қызметін хабардар ету",
                "Информирование «112» о принимаемых действиях по реагированию",
                "Inform 112 of what is done in response",
            ),
            K::O04 => (
                "Қадағалау, бақылау және болжау қызметтерінен, әлеуетті қауіпті объектілерден ақпарат жинау және жинақтау",
                "Сбор и обобщение информации служб наблюдения, контроля обстановки и прогнозирования и потенциально опасных объектов",
                "Collect and summarise information of observation, control and forecasting services and dangerous facilities",
            ),
            K::O05 => (
                "Ахуалды және ықтимал төтенше жағдай аймағындағы өзгерістерді тиісті бейіндегі қызметтерге жеткізу",
                "Доведение обстановки и изменений в зоне возможной чрезвычайной ситуации до служб соответствующего профиля",
                "Pass the situation and changes in the zone to services of the fitting profile",
            ),
            K::O06 => (
                "Ықтимал төтенше жағдай аймағында өз бағыты бойынша өзгерістер туралы дереу хабарлау",
                "Немедленная передача информации об изменениях по своему направлению в зоне возможной чрезвычайной ситуации",
                "Pass changes in one's speciality in the zone immediately",
            ),
            K::O07 => (
                "Шұғыл ден қою құралымдарын жоғары әзірлікке келтіру және олардың құрамын хабарлау",
                "Приведение формирований экстренного реагирования в повышенную готовность и сообщение их состава",
                "Bring urgent-response formations to high readiness and give their composition",
            ),
            K::O08 => (
                "Төтенше жағдай туралы ақпаратты сыныптама бойынша сәйкестендіру",
                "Идентификация информации о чрезвычайной ситуации по классификации",
                "Identify the emergency by the classification",
            ),
            K::O09 => (
                "Тиісті бейіндегі авариялық-құтқару құралымдарын аймаққа шұғыл түрде жіберу",
                "Направление аварийно-спасательных формирований соответствующего профиля в зону в экстренном порядке",
                "Urgently send rescue formations of the fitting profile to the zone",
            ),
            K::O10 => (
                "Қосымша құралымдар қажеттігі туралы қызметтердің кезекшілерін шұғыл түрде хабардар ету",
                "Информирование дежурных служб о необходимости дополнительных формирований в экстренном порядке",
                "Urgently inform the services that additional formations are needed",
            ),
            K::O11a => (
                "Құралымдардың құрамын хабарлау",
                "Сообщение состава формирований",
                "Give the composition of the formations",
            ),
            K::O11b => (
                "Құралымдардың кету уақытын хабарлау",
                "Сообщение времени убытия формирований",
                "Give the time of departure of the formations",
            ),
            K::O11c => (
                "Құралымдардың келу уақытын хабарлау",
                "Сообщение времени прибытия формирований",
                "Give the time of arrival of the formations",
            ),
            K::O12 => (
                "Жеке және заңды тұлғаларды құлақтандыру және хабар беру туралы шешім",
                "Решение об оповещении и информировании физических и юридических лиц",
                "Warn and inform natural and legal persons, or decide against it",
            ),
            K::O13 => (
                "Басшылықтың өкімін адресаттарға жеткізу",
                "Доведение распоряжения руководства до адресатов",
                "Bring the directive of the leadership to its addressees",
            ),
        };
        Names { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() }
    }
}
