import type { App, Module } from '../../../kernel/app.ts'
import { messages } from '../contract.ts'
import { words } from '../words.ts'
import { deliveries, sampleInbox, smsReady } from './deliveries.ts'
import { inboxAnswers } from './inbox.ts'
import { providerAnswers } from './providers.ts'
import { pushDeviceAnswers } from './push_devices.ts'
import { endLatePushes, pushJob, pushSends } from './push_send.ts'
import { forget, sendJob } from './send.ts'
import { templateAnswers } from './template_answers.ts'
import { declareTemplates, type Template } from './templates.ts'
import { wechatAccountAnswers } from './wechat_account.ts'
import { forgetStates, wechatBindAnswers } from './wechat_bind.ts'
import { endLate, wechatJob, wechatSends } from './wechat_send.ts'

export { mayDisturbAt, notify, smsOf, type Notice } from './notify.ts'
export type { Template } from './templates.ts'
export { wechatOn } from './wechat_account.ts'
export { openidOf } from './wechat_bind.ts'
export { registerMessageRoutes } from './wechat_push.ts'
export { wechatFor, wechatReach } from './wechat_send.ts'

/** `templates`: what the modules above send. */
export function messagesModule(app: () => App, templates: readonly Template[] = []): Module {
  declareTemplates(templates)
  return {
    name: 'messages',
    contract: messages,
    words,
    answers: [deliveries(app), sampleInbox(app), smsReady(app), ...inboxAnswers, ...templateAnswers, ...providerAnswers(app), ...wechatAccountAnswers(app), ...wechatBindAnswers(app), wechatSends, ...pushDeviceAnswers(app), pushSends],
    jobs: [sendJob(app), wechatJob(app), pushJob(app)],
    schedules: [
      { name: 'messages.forget', every_s: 3600, of: 'company', run: (w) => w.tx(async (s) => { await forget(s); await forgetStates(s) }) },
      { name: 'messages.wechat_late', every_s: 300, of: 'company', run: (w) => w.tx(endLate) },
      { name: 'messages.push_late', every_s: 600, of: 'company', run: (w) => w.tx(endLatePushes) },
      { name: 'messages.forget_platform', every_s: 3600, of: 'platform', run: (w) => w.tx(forget) },
    ],
  }
}
