// The front door of contracts: answers, what the clock does, what follows a merge of persons.
import type { App, Module } from '../../../kernel/app.ts'
import { approvalKind } from '../../system/server/index.ts'
import { contracts } from '../contract.ts'
import { words } from '../words.ts'
import { followMerged, tellDue } from './clock.ts'
import { detailAnswers } from './detail.ts'
import { draftAnswers } from './draft.ts'
import { kindAnswers } from './kinds.ts'
import { contractApproval, lifeAnswers } from './life.ts'
import { listAnswers } from './list.ts'
import { mineAnswers } from './mine.ts'
import { paperAnswers } from './papers.ts'
import { signingAnswers } from './signing.ts'

export { contractsSeenBy } from './access.ts'
export { stepOf } from './rules/ladder.ts'
export { signaturesImport } from './import_signatures.ts'
export { contractTemplates } from './tell.ts'
export const contractApprovals = [approvalKind(contractApproval)]

export const contractsModule = (app: () => App): Module => ({
  name: 'contracts',
  contract: contracts,
  words,
  answers: [...kindAnswers, ...listAnswers, ...detailAnswers, ...draftAnswers, ...lifeAnswers, ...paperAnswers(app), ...signingAnswers(app), ...mineAnswers(app)],
  listeners: [{ name: 'contracts.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, String(p['keep_id']), String(p['drop_id'])) }],
  schedules: [{ name: 'contracts.due', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(tellDue)) }],
})
