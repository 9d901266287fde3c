// Shapes that the parts of this contract share.
import { z } from 'zod'
import { FenShape, Id } from '../../kernel/shapes.ts'
import { MONEY_METHODS, type MoneyMethod } from './methods.ts'

/** A payment above 1 亿元 is a slip of the hand. */
const AMOUNT_MAX = 10_000_000_000
export const Amount = z.int('应为整数分').min(1, '应大于 0').max(AMOUNT_MAX, '金额过大')
export const AmountOrNone = z.int('应为整数分').min(0, '不能为负').max(AMOUNT_MAX, '金额过大')

/** Where a row is, as every list of this module shows it. */
export const Where = { community_id: Id, community_name: z.string().meta({ zh: '小区' }), house_id: Id, house_label: z.string().meta({ zh: '房号' }) }
export const MethodSums = z.object(Object.fromEntries(MONEY_METHODS.map((m) => [`${m}_fen`, FenShape])) as Record<`${MoneyMethod}_fen`, typeof FenShape>)
