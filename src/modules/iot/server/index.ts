import type { Module } from '../../../kernel/app.ts'
import { iot } from '../contract.ts'
import { words } from '../words.ts'
import { deviceAnswers } from './devices.ts'
import { historyAnswers } from './history.ts'
import { listAnswers } from './list.ts'
import { productAnswers } from './products.ts'
import { rollUp } from './rollup.ts'

export { startGateway, type Gateway } from './gateway/index.ts'

export const iotModule = (): Module => ({
  name: 'iot',
  contract: iot,
  words,
  answers: [...productAnswers, ...listAnswers, ...deviceAnswers, ...historyAnswers],
  schedules: [{ name: 'iot.rollup', every_s: 60, of: 'company', run: async (w) => void (await w.tx(rollUp)) }],
})
