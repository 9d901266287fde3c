// The front door of parking: answers, and what cameras push.
import type { App, Module } from '../../../kernel/app.ts'
import { parking } from '../contract.ts'
import { words } from '../words.ts'
import { boothAnswers } from './booth.ts'
import { lotAnswers } from './lots.ts'
import { recordAnswers } from './records.ts'

export { registerParkingRoutes, takePush } from './push.ts'

export const parkingModule = (app: () => App): Module => ({ name: 'parking', contract: parking, words, answers: [...lotAnswers, ...boothAnswers, ...recordAnswers(app)] })
