import type { App, Module } from '../../../kernel/app.ts'
import { iot } from '../contract.ts'
import { words } from '../words.ts'
import { alarmAnswers } from './alarms.ts'
import { busAnswers } from './buses.ts'
import { credentialAnswers } from './credentials.ts'
import { channelAnswers } from './channels.ts'
import { commandAnswers } from './commands.ts'
import { deviceAnswers } from './devices.ts'
import { environmentAnswers } from './environment.ts'
import { feedAnswers } from './feeds.ts'
import { energyAnswers } from './energy.ts'
import { watchEnergy } from './energy_watch.ts'
import { historyAnswers } from './history.ts'
import { linkageAnswers } from './linkage.ts'
import { listAnswers } from './list.ts'
import { productAnswers } from './products.ts'
import { fireAnswers } from './fires.ts'
import { escalate } from './raise.ts'
import { recordAnswers } from './record.ts'
import { readByPlan, remoteAnswers } from './remote.ts'
import { ruleAnswers } from './rules.ts'
import { runRulesDue } from './rule_clock.ts'
import { sceneAnswers } from './scenes.ts'
import { runDue } from './schedules.ts'
import { watchWater, waterAnswers } from './water.ts'
import { compareAnswers } from './compare.ts'
import { dropOld, retentionAnswers } from './retention.ts'
import { ROLL_AT_ONCE, rollUp } from './rollup.ts'

export { devicesOnPlan, openAlarm } from './on_plan.ts'
export { iotTemplates } from './templates.ts'
export { startGateway, type Gateway } from './gateway/index.ts'
export { TLS_FILES } from './gateway/tls.ts'
export { reportFireAct } from './fire.ts'
export { publishTargets, reportAct, type TargetIn } from './linkage.ts'
export { disposeOf } from './alarms.ts'
export { clearAlarm, raiseAlarm } from './raise.ts'

/** What devices send after an outage of days is added up in some minutes, and in pieces. */
const ROUNDS = 6
export const iotModule = (app: () => App): Module => ({
  name: 'iot',
  contract: iot,
  words,
  answers: [...productAnswers, ...listAnswers, ...deviceAnswers, ...historyAnswers, ...recordAnswers, ...compareAnswers, ...retentionAnswers, ...waterAnswers, ...energyAnswers, ...feedAnswers, ...channelAnswers, ...environmentAnswers, ...busAnswers, ...credentialAnswers, ...remoteAnswers(app), ...commandAnswers, ...alarmAnswers, ...ruleAnswers, ...linkageAnswers, ...sceneAnswers, ...fireAnswers],
  schedules: [
    { name: 'iot.rollup', every_s: 60, of: 'company', run: async (w) => { for (let n = 0; n < ROUNDS && (await w.tx(rollUp)) === ROLL_AT_ONCE; n++); } },
    { name: 'iot.retention', every_s: 3600, of: 'platform', run: () => dropOld(app()) },
    { name: 'iot.water', every_s: 900, of: 'company', run: async (w) => void (await w.tx(watchWater)) },
    { name: 'iot.energy', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(watchEnergy)) },
    { name: 'iot.schedules', every_s: 30, of: 'company', run: async (w) => { await runDue(w); await runRulesDue(w) } },
    { name: 'iot.escalate', every_s: 60, of: 'company', run: async (w) => void (await w.tx(escalate)) },
    { name: 'iot.readings', every_s: 3600, of: 'company', run: async (w) => void (await w.tx((scope) => readByPlan(scope, (code) => app().words.get(code) ?? code))) },
  ],
})
