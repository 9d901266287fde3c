import type { App, Module } from '../../../kernel/app.ts'
import { messages } from '../contract.ts'
import { words } from '../words.ts'
import { deliveries, sampleInbox } from './deliveries.ts'
import { forget, sendJob } from './send.ts'

export function messagesModule(app: () => App): Module {
  return {
    name: 'messages',
    contract: messages,
    words,
    answers: [deliveries(app), sampleInbox(app)],
    jobs: [sendJob(app)],
    schedules: [
      { name: 'messages.forget', every_s: 3600, of: 'company', run: (w) => w.tx(forget) },
      { name: 'messages.forget_platform', every_s: 3600, of: 'platform', run: (w) => w.tx(forget) },
    ],
  }
}
