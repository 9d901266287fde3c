// The front door of votes: answers, the clock, the proofs.
import type { App, Module } from '../../../kernel/app.ts'
import { votes } from '../contract.ts'
import { words } from '../words.ts'
import { ballotAnswers } from './ballots.ts'
import { listAnswers } from './lists.ts'
import { mineAnswers } from './mine.ts'
import { paperAnswers } from './papers.ts'
import { pollAnswers } from './polls.ts'
import { ruleAnswers } from './rule.ts'
import { committeeAnswers, remindRenewal } from './committee.ts'
import { fundAnswers } from './fund.ts'
import { clock, stepAnswers } from './steps.ts'
import { sweepVotes } from './sweep.ts'
import { tallyAnswers } from './tally.ts'

export { voteTemplates } from './templates.ts'

export const votesModule = (app: () => App): Module => ({
  name: 'votes', contract: votes, words,
  answers: [...ruleAnswers, ...pollAnswers(app), ...stepAnswers, ...ballotAnswers(app), ...tallyAnswers, ...listAnswers, ...paperAnswers, ...mineAnswers, ...committeeAnswers, ...fundAnswers],
  schedules: [{ name: 'votes.clock', every_s: 60, of: 'company', run: clock }, { name: 'votes.renewal', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(remindRenewal)) }],
  sweeps: [sweepVotes],
})
