// The front door of tariff: answers, and the engine with stored versions for modules above.
import type { Module } from '../../../kernel/app.ts'
import { tariff } from '../contract.ts'
import { words } from '../words.ts'
import { tariffAnswers } from './tariffs.ts'
import { workshopAnswers } from './workshop.ts'

export { LateFeeSpec, cycleStartOf, fastTiers, lateFee, quoteValues, QuoteFault, type FastTiers, type LateFee, type LateFeeInput, type Quote, type Tariff, type Values } from '../rules/index.ts'
export { CLASS_REGISTERS, byClass, hasClasses, hasOwnLimits, sumParts, sumText, type Parts } from './by_class.ts'
export { tariffToRead } from './access.ts'
export { houseInputs, type HouseInputs } from './houses.ts'
export { sideOf, storedTariffs, storedVersions, type ReadTariff } from './stored.ts'
export { priced } from './workshop.ts'

export const tariffModule = (): Module => ({ name: 'tariff', contract: tariff, words, answers: [...tariffAnswers, ...workshopAnswers] })
