import { addMonths, today } from '../../../kernel/clock.ts'

export const lastMonth = (): string => addMonths(today().slice(0, 7), -1)
