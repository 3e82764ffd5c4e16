// A quarter of an hour at a desk: some calls of several kinds, in two languages.
import { uuid } from '../../src/api/uuid';
import type { Caller } from './caller';

/** The card that is interesting to look at. */
export async function shift(caller: Caller): Promise<string> {
  await caller.call('Баланың қызуы көтерілді, екі жаста', 'Сәтбаев көшесі, 22', 43.2365, 76.9287, 60, 'kk');
  await caller.call('ДТП, две машины, пострадавших нет', 'проспект Райымбека, 210', 43.2709, 76.9301, 150, 'ru');
  await caller.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  await caller.call('Мужчина упал, без сознания, не дышит', 'площадь Республики', 43.2384, 76.9453, 40, 'ru');
  await caller.call('Қоқыс жанып жатыр', 'Әл-Фараби даңғылы, 140', 43.2189, 76.8921, 300, 'kk');
  const fire = await caller.call('Горит квартира на третьем этаже, внутри люди, много дыма', 'улица Абая, 10', 43.2401, 76.9512, 120, 'ru');
  await caller.call('На Абая пожар в доме, дым из окон, кричат', 'улица Абая, 12', 43.2403, 76.9518, 200, 'ru');
  await caller.ask('POST', '/directives?region=75', {
    command: 'issue',
    directive: uuid(),
    author: { role: 'Департамент бастығы', name: 'С. Нұрланов' },
    text: 'Күзгі-қысқы кезеңде өрт гидранттарының жай-күйін тексеріп, нәтижесін хабарлау.',
    addressees: [
      { to: 'service', service: 'fire_rescue' },
      { to: 'service', service: 'utilities' },
      { to: 'organisation', name: 'Алматы Су' },
    ],
    due: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await caller.ask('POST', '/situation?region=75', {
    command: 'report',
    report: uuid(),
    origin: { origin: 'officer', account: 'duty_officer' },
    nature: 'ecological',
    text: 'Талғар шатқалында нөсерден кейін су деңгейі 40 см көтерілді.',
    observed_at: new Date().toISOString(),
    place: { address: 'Талғар шатқалы' },
  });
  return fire;
}
