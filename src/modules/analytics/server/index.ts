// The front door of analytics: the search box, the house board, the work bench, fee statistics, indicators with their targets, the wall screen.
import type { Module } from '../../../kernel/app.ts'
import { analytics } from '../contract.ts'
import { words } from '../words.ts'
import { houseBoard } from './board.ts'
import { search } from './search.ts'
import { fees, feesExcel } from './fees.ts'
import { cockpitAnswers } from './indicators/answers.ts'
import { targetAnswers } from './indicators/targets.ts'
import { wallAnswers } from './indicators/wall.ts'
import { workbench } from './workbench.ts'

export function analyticsModule(): Module {
  return { name: 'analytics', contract: analytics, words, answers: [search, houseBoard, fees, feesExcel, workbench, ...cockpitAnswers, ...targetAnswers, ...wallAnswers] }
}
