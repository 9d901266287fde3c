// The front door of community: answers, jobs, what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { community } from '../contract.ts'
import { words } from '../words.ts'
import { activityAnswers } from './activities.ts'
import { followMergedSignups, forgetSignups } from './activity_clock.ts'
import { followMerged, forgetReaders, publishDue } from './clock.ts'
import { kindAnswers } from './kinds.ts'
import { mineAnswers } from './mine.ts'
import { myActivityAnswers } from './my_activities.ts'
import { noticeAnswers } from './notices.ts'
import { paperAnswers } from './paper.ts'
import { publishAnswers } from './publish.ts'
import { readerAnswers } from './readers.ts'
import { signupAnswers } from './signups.ts'
import { volunteerAnswers } from './volunteers.ts'
import { remindJob, sendAnswers, sendJob } from './send.ts'

export { communityApprovals } from './publish.ts'
export { communitySettings } from './settings.ts'
export { noticeTemplates } from './tell.ts'

export const communityModule = (app: () => App): Module => ({
  name: 'community',
  contract: community,
  words,
  answers: [...kindAnswers, ...noticeAnswers, ...publishAnswers, ...sendAnswers, ...readerAnswers, ...paperAnswers(app), ...mineAnswers, ...activityAnswers(app), ...signupAnswers, ...volunteerAnswers, ...myActivityAnswers],
  listeners: [{ name: 'community.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, String(p['keep_id']), String(p['drop_id'])) }, { name: 'community.signups_merged', event: 'people.merged', run: (scope, p) => followMergedSignups(scope, String(p['keep_id']), String(p['drop_id'])) }],
  jobs: [sendJob, remindJob],
  schedules: [{ name: 'community.clock', every_s: 60, of: 'company', run: publishDue }, { name: 'community.forget', every_s: 3600, of: 'company', run: (w) => w.tx(forgetReaders) }, { name: 'community.forget_signups', every_s: 3600, of: 'company', run: (w) => w.tx(forgetSignups) }],
})
