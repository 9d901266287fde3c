// The front door of video: answers, what alarms and passages bring, what the clock deletes; and the video service, a process of its own.
import type { App, Module } from '../../../kernel/app.ts'
import { video } from '../contract.ts'
import { words } from '../words.ts'
import { cameraAnswers } from './cameras.ts'
import { clipAnswers, onAlarm, onBarrier, onPassage } from './clips.ts'
import { forget } from './forget.ts'
import { gbAnswers } from './gb.ts'
import { keepForRule, publishCameras, reportClips } from './linkage.ts'
import { policyAnswers } from './policy.ts'
import { viewAnswers } from './views.ts'

export { camerasOnPlan } from './on_plan.ts'
export { startMedia, type Media } from './media/index.ts'
export { registerVideoRoutes } from './pass_on.ts'

const HOUR_S = 3600
const LINKAGE_S = 15
export const videoModule = (app: () => App): Module => ({
  name: 'video',
  contract: video,
  words,
  answers: [...cameraAnswers, ...viewAnswers, ...clipAnswers(app), ...policyAnswers, ...gbAnswers],
  listeners: [
    { name: 'video.rule', event: 'iot.clip_wanted', run: keepForRule },
    { name: 'video.alarm', event: 'iot.alarm_raised', run: onAlarm },
    { name: 'video.passage', event: 'doors.noticed', run: onPassage },
    { name: 'video.barrier', event: 'parking.opened_by_hand', run: onBarrier },
  ],
  schedules: [{ name: 'video.forget', every_s: HOUR_S, of: 'company', run: forget(app) }, { name: 'video.linkage', every_s: LINKAGE_S, of: 'company', run: (w) => w.tx(async (scope) => { await publishCameras(scope); await reportClips(scope) }) }],
})
