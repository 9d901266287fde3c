// How money moves, in one word each. A small file of its own: phones that know a deposit or a refund need no more of this module.
import { z } from 'zod'

export const METHODS = ['cash', 'card', 'transfer', 'wechat', 'alipay', 'wallet', 'other'] as const
export const Method = z.enum(METHODS).meta({ zh: '收款方式' })
export type Method = z.output<typeof Method>
/** Ways in which money itself moves at a desk: everything but prepayment used. */
export const MONEY_METHODS = ['cash', 'card', 'transfer', 'wechat', 'alipay', 'other'] as const
export const MoneyMethod = z.enum(MONEY_METHODS).meta({ zh: '方式' })
export type MoneyMethod = z.output<typeof MoneyMethod>
export const RefundMethod = z.enum(['cash', 'transfer', 'card', 'wechat', 'alipay', 'other', 'original']).meta({ zh: '退款方式' })
export type RefundMethod = z.output<typeof RefundMethod>
