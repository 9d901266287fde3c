import type { App, Finding, Module } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'
import { changedDays, dayAnswers } from './days.ts'
import { periodAnswers } from './periods.ts'
import { reconAnswers, reconSchedule } from './recon_answers.ts'
import { sweepRecon } from './recon_sweep.ts'
import { voucherFileAnswers } from './voucher_files.ts'
import { voucherAnswers } from './vouchers.ts'
import { sweepAnswers, sweepJob, sweepSchedule } from './sweep.ts'

/** Days further back lie inside closed months, which the ledger proves. */
const DAYS_BACK = 400
const EXAMPLES = 5

export async function closingSweep(scope: Scope): Promise<Finding[]> {
  const changed = await changedDays(scope, addDays(scope.today, -DAYS_BACK))
  return [...(await sweepRecon(scope)), { code: 'D1', zh: '已日结的日子与日结时一致', ok: changed.length === 0, broken_count: changed.length, examples: changed.slice(0, EXAMPLES) }]
}

export const closingModule = (app: () => App): Module => ({
  name: 'closing',
  contract: closing,
  words,
  answers: [...periodAnswers, ...dayAnswers, ...reconAnswers, ...voucherAnswers, ...voucherFileAnswers, ...sweepAnswers],
  jobs: [sweepJob(app)],
  schedules: [sweepSchedule, reconSchedule],
  sweeps: [closingSweep],
})
