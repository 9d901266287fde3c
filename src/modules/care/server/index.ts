// The front door of care: answers, and what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { care } from '../contract.ts'
import { words } from '../words.ts'
import { actionAnswers } from './actions.ts'
import { applicationViews } from './application_views.ts'
import { applicationAnswers, applicationClock } from './applications.ts'
import { callerAnswers } from './caller.ts'
import { contactAnswers } from './contacts.ts'
import { createAnswers } from './create.ts'
import { detailAnswers } from './detail.ts'
import { closeOld, escalate } from './escalate.ts'
import { listAnswers } from './list.ts'
import { followMerged } from './merged.ts'
import { complaintPaper, makeComplaintOrder } from './order_link.ts'
import { outsideAnswers } from './outside.ts'
import { peopleAnswers } from './people.ts'
import { photoAnswers } from './photos.ts'
import { serviceAnswers } from './services.ts'
import { setupAnswers } from './setup.ts'
import { statsAnswers } from './stats.ts'
import { surveyResults } from './survey_results.ts'
import { surveyHouseAnswers } from './survey_houses.ts'
import { tellDrawn } from './survey_tell.ts'
import { closeSurveys, surveyAnswers } from './surveys.ts'

export { facts as complaintFacts } from './facts.ts'
export { careTemplates } from './templates.ts'

export const careModule = (app: () => App): Module => ({
  name: 'care',
  contract: care,
  words,
  answers: [...setupAnswers, ...peopleAnswers, ...listAnswers, ...detailAnswers, ...photoAnswers(app), ...createAnswers, ...actionAnswers, ...outsideAnswers, makeComplaintOrder, complaintPaper, ...statsAnswers, ...contactAnswers, ...callerAnswers, ...serviceAnswers, ...applicationAnswers, ...applicationViews(app), ...surveyAnswers, ...surveyHouseAnswers, ...surveyResults],
  listeners: [{ name: 'care.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, { keep_id: String(p['keep_id']), drop_id: String(p['drop_id']) }) }],
  schedules: [
    { name: 'care.escalate', every_s: 60, of: 'company', run: async (w) => void (await w.tx(escalate)) },
    { name: 'care.applications', every_s: 300, of: 'company', run: async (w) => void (await w.tx(applicationClock)) },
    { name: 'care.close_surveys', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(closeSurveys)) },
    { name: 'care.tell_surveys', every_s: 3600, of: 'company', run: async (w) => void (await w.tx((s) => tellDrawn(s))) },
    { name: 'care.close_old', every_s: 3600, of: 'company', run: async (w) => void (await w.tx(closeOld)) },
  ],
})
