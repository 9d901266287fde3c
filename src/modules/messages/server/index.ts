import type { App, Module } from '../../../kernel/app.ts'
import { messages } from '../contract.ts'
import { words } from '../words.ts'
import { deliveries, sampleInbox } from './deliveries.ts'
import { inboxAnswers } from './inbox.ts'
import { providerAnswers } from './providers.ts'
import { forget, sendJob } from './send.ts'
import { templateAnswers } from './template_answers.ts'
import { declareTemplates, type Template } from './templates.ts'

export { mayDisturbAt, notify, type Notice } from './notify.ts'
export type { Template } from './templates.ts'

/** `templates`: what the modules above send. */
export function messagesModule(app: () => App, templates: readonly Template[] = []): Module {
  declareTemplates(templates)
  return {
    name: 'messages',
    contract: messages,
    words,
    answers: [deliveries(app), sampleInbox(app), ...inboxAnswers, ...templateAnswers, ...providerAnswers(app)],
    jobs: [sendJob(app)],
    schedules: [
      { name: 'messages.forget', every_s: 3600, of: 'company', run: (w) => w.tx(forget) },
      { name: 'messages.forget_platform', every_s: 3600, of: 'platform', run: (w) => w.tx(forget) },
    ],
  }
}
