// The front door of parking: answers, and what cameras push.
import type { App, Module } from '../../../kernel/app.ts'
import { parking } from '../contract.ts'
import { words } from '../words.ts'
import { ASK_JOB, MEND_JOB, askAnswers, askByClock, askDueCameras, mendOne } from './ask.ts'
import { boothAnswers } from './booth.ts'
import { forget, remindPasses } from './clock.ts'
import { couponAnswers } from './coupons.ts'
import { dayAnswers } from './days.ts'
import { lotAnswers } from './lots.ts'
import { moneyAnswers } from './money.ts'
import { myPassAnswers } from './passes_mine.ts'
import { payAnswers } from './pay_by_phone.ts'
import { permitAnswers } from './permits.ts'
import { presetAnswers } from './preset.ts'
import { READ_JOB, reachAnswers, readAtNight, readDueLists } from './reach.ts'
import { recordAnswers } from './records.ts'
import { ticketAnswers } from './tickets.ts'
import { tryAnswers } from './try_rule.ts'
import { turnedAnswers } from './turned.ts'
import { WRITE_JOB, writeDueLists } from './write_lists.ts'

export { lanesOnPlan } from './on_plan.ts'
export { parkingTemplates } from './clock.ts'
export { registerParkingRoutes, takePush } from './push.ts'

export const parkingModule = (app: () => App): Module => ({
  name: 'parking',
  contract: parking,
  words,
  answers: [...lotAnswers, ...presetAnswers, ...boothAnswers, ...recordAnswers(app), ...moneyAnswers, ...payAnswers(app), ...permitAnswers, ...myPassAnswers, ...couponAnswers(app), ...dayAnswers, ...ticketAnswers(app), ...turnedAnswers, ...reachAnswers, ...askAnswers, ...tryAnswers],
  jobs: [{ name: READ_JOB, run: readDueLists }, { name: ASK_JOB, run: askDueCameras }, { name: MEND_JOB, run: mendOne }, { name: WRITE_JOB, run: writeDueLists }],
  schedules: [
    { name: 'parking.remind', every_s: 3600, of: 'company', run: async (w) => w.tx(remindPasses) },
    { name: 'parking.ask', every_s: 30, of: 'company', run: askByClock },
    { name: 'parking.read', every_s: 300, of: 'company', run: readAtNight },
    { name: 'parking.forget', every_s: 3600, of: 'company', run: forget(app) },
  ],
})
