// 随身价目与材料: what quoting and material need on a phone without network. Part of the contract, apart for length.
import { z } from 'zod'
import { read } from '../../kernel/contract.ts'
import { Can, FenShape, Id } from '../../kernel/shapes.ts'
import { CostLine } from './contract_material.ts'
import { Quote, ServiceItem } from './contract_service.ts'

export const Payer = z.object({ person_id: Id, name: z.string(), role: z.string() })
export const ShelfRow = z.object({ item_id: Id, name: z.string(), spec: z.string(), unit: z.string(), on_hand: z.string() })
export type ShelfRow = z.output<typeof ShelfRow>
export const KitOrder = z.object({ order_id: Id, rows: z.array(Quote), can: Can('quote', 'use'), payers: z.array(Payer), lines: z.array(CostLine), cost_fen: FenShape })
export type KitOrder = z.output<typeof KitOrder>

export const kitCalls = {
  /** Of the orders in hand: quotes and material so far; of their communities: the price list and what is in the store. */
  kit: read({ zh: '随身价目与材料', may: 'orders.order.work', takes: z.object({}), gives: z.object({ orders: z.array(KitOrder), items: z.array(z.object({ community_id: Id, rows: z.array(ServiceItem) })), stock: z.array(z.object({ community_id: Id, rows: z.array(ShelfRow) })) }) }),
} as const
