// The front door of equipment: answers, what the clock does, what modules above may call.
import type { App, Module } from '../../../kernel/app.ts'
import { equipment } from '../contract.ts'
import { words } from '../words.ts'
import { categoryAnswers } from './categories.ts'
import { deviceAnswers } from './devices.ts'
import { boardAnswers } from './cert_board.ts'
import { tellCerts } from './cert_clock.ts'
import { certAnswersOf } from './certs.ts'
import { waterAnswersOf } from './water.ts'
import { deviceLabels } from './labels.ts'
import { listAnswers } from './list.ts'
import { moveAnswers, paperFile } from './moves.ts'

export { writeShipped as writeDeviceCategories } from './config.ts'
export { certLights } from './cert_board.ts'
export { equipmentOnPlan, FIRE_SYSTEM } from './on_plan.ts'
export { deviceToRead, devicesSeenBy } from './access.ts'
export { deviceByLabel } from './devices.ts'
export { equipmentTemplates } from './templates.ts'
export { personCerts, personKinds, writeCertKinds, type PersonCert, type PersonKind } from './person_certs.ts'
export { runsAgain, stoodStill } from './moves.ts'

export const equipmentModule = (app: () => App): Module => ({
  name: 'equipment',
  contract: equipment,
  words,
  answers: [...categoryAnswers, ...listAnswers, ...deviceAnswers, ...moveAnswers, paperFile(app), deviceLabels, ...boardAnswers, ...certAnswersOf(app), ...waterAnswersOf(app)],
  schedules: [{ name: 'equipment.certs', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tellCerts)) }],
})
