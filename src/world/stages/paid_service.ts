// Paid service of 花园小区: a price list, quotes that were signed, billed and are still to be signed. And who built it: a leak under warranty.
import { Readable } from 'node:stream'
import { crc32, deflateSync } from 'node:zlib'
import { sql } from 'kysely'
import { at, inside, type Person } from '../caller.ts'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import { orders, type LineIn } from '../../modules/orders/contract.ts'

const PRICES: readonly [kind: 'labour' | 'material', name: string, unit: string, price: string, note: string | null][] = [
  ['labour', '上门检修', '次', '30', '检查不修也收'], ['labour', '水电维修人工', '小时', '60', '不足半小时按半小时'], ['labour', '管道疏通', '次', '120', '户内支管'], ['labour', '锁具更换人工', '次', '50', '不含锁具'],
  ['material', '水龙头(铜,4 分)', '个', '45', null], ['material', '三角阀', '个', '18', null], ['material', '五孔插座', '个', '12.5', null], ['material', '不锈钢软管 60 cm', '根', '15', null], ['material', '声控灯头', '个', '20', null], ['material', 'PPR 管 4 分', '米', '8.6', null],
]
/** When the list came into force, before the first order of the sample. */
const SINCE_DAYS = 45

export interface PriceList { line: (name: string, quantity: string) => LineIn }
export async function prices(t: Town): Promise<PriceList> {
  const admin = must(t, 'anju')
  const ids = new Map<string, string>()
  const day = addDays(t.calendar.today, -SINCE_DAYS)
  await at(instantAt(t.calendar, day, '09:00:00'), async () => {
    for (const [n, [kind, name, unit, unit_price, note]] of PRICES.entries()) {
      const { item_id } = await t.road.call(admin, ['service item', n], orders.saveServiceItem, { kind, name, unit, note, sort_no: (n + 1) * 10, retired: false })
      await t.road.call(admin, ['service price', n], orders.publishServicePrice, { item_id, community_id: null, from_on: day, unit_price })
      ids.set(name, item_id)
    }
  })
  return { line: (name, quantity) => ({ item_id: ids.get(name)!, quantity }) }
}

export async function quote(t: Town, man: Person, key: number, iso: string, o: { order_id: string; lines: LineIn[]; note?: string; signer_name?: string }): Promise<void> {
  await at(iso, async () => {
    const file_id = o.signer_name ? await signature(t, man, key) : undefined
    await t.road.call(man, ['quote', key], orders.saveQuote, { order_id: o.order_id, lines: o.lines, ...(o.note ? { note: o.note } : {}), ...(file_id && o.signer_name ? { signer_name: o.signer_name, photo_ids: [file_id] } : {}) })
  })
}

/** The builder with its deposit, and a leak that it was told of. */
export async function claimed(t: Town, iso: string, o: { order_id: string }): Promise<void> {
  const head = must(t, 'gongcheng')
  await at(iso, async () => {
    const day = (n: number) => addDays(t.calendar.today, n)
    const { builder_id } = await t.road.call(head, ['builder', 1], orders.saveBuilder, { community_id: t.ids.community.get('garden')!, building_ids: [], name: '眉县建工集团有限公司', contact_name: '赵经理', contact_phone: '0917-5550123', accepted_on: day(-900), answer_days: 7, repair_days: 30, note: null, retired: false })
    await t.road.call(head, ['builder deposit', 1], orders.addBuilderMove, { builder_id, kind: 'paid_in', amount_fen: 20_000_000, done_on: day(-890), paper: '监管账户回单' })
    const { covers } = await t.road.ask(head, orders.orderWarranty, o)
    const cover = covers.find((c) => c.by_category && c.covered)
    if (!cover) return
    const { claim_id } = await t.road.call(head, ['claim', 1], orders.sendClaim, { ...o, builder_id, part: cover.part, defect: '主卧外窗边渗水,墙皮起泡' })
    await t.road.call(head, ['claim refused', 1], orders.answerClaim, { claim_id, answer: 'refuse', note: '称业主装修破坏防水层' })
    await t.road.call(head, ['claim own', 1], orders.ownRepair, { claim_id, cost_fen: 126_000, note: '外墙打胶、铲除重刷' })
    await t.road.call(head, ['claim deduct', 1], orders.askDeduct, { claim_id, amount_fen: 126_000, reason: '建设单位拒修,自行维修' })
  })
}

/** The store, and what an order took from it. */
export async function stocked(t: Town, man: Person, iso: string, o: { order_id: string }): Promise<void> {
  const head = must(t, 'gongcheng')
  await at(iso, async () => {
    for (const [n, [name, spec, unit, quantity, cost_fen, reorder_level]] of PARTS.entries()) {
      const { item_id } = await t.road.call(head, ['part', n], orders.saveStockItem, { community_id: t.ids.community.get('garden')!, name, spec, unit, reorder_level, retired: false })
      await t.road.call(head, ['part in', n], orders.stockIn, { item_id, quantity, cost_fen, paper: `采购单 ${n + 1}` })
      if (n === 0) await t.road.call(man, ['part out', n], orders.useStock, { ...o, item_id, quantity: '2' })
    }
    await t.road.call(man, ['material', 1], orders.addMaterial, { ...o, name: '明装底盒', unit: '个', quantity: '1', cost_fen: 350, paper: '五金店小票' })
  })
}
const PARTS = [['五孔插座', '10A', '个', '30', 25_500, '10'], ['声控灯头', 'E27', '个', '40', 52_000, '20'], ['三角阀', '4 分 铜', '个', '12', 14_400, '15'], ['PPR 管', '4 分', '米', '60', 33_000, '20'], ['生料带', '20 m', '卷', '50', 7500, '10']] as const

/** Uploaded once: a load that goes on after a crash says the same file again. */
async function signature(t: Town, man: Person, key: number): Promise<string> {
  const name = `sample-signature-${key}.png`
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name}`.execute(s.db))
  return rows[0]?.file_id ?? (await saveUpload(t.app, man, { purpose: 'photo', name, body: Readable.from([scribble(key)]) })).file_id
}

/** A line as a finger draws it: a PNG of one bit a pixel. */
export function scribble(seed: number): Buffer {
  const [width, height] = [320, 120]
  const rows = Array.from({ length: height }, () => Buffer.alloc(1 + width / 8, 0xff).fill(0, 0, 1))
  for (let i = 0; i < 6000; i++) {
    const s = i / 6000
    const x = Math.round(20 + s * 280 + 14 * Math.sin(s * 31 + seed))
    const y = Math.round(60 + 34 * Math.sin(s * 17 + seed) * Math.cos(s * 5 + seed * 2))
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) rows[y + dy]![1 + ((x + dx) >> 3)]! &= ~(0x80 >> ((x + dx) & 7))
  }
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(body.length)
    const named = Buffer.concat([Buffer.from(name), body])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([head, named, sum])
  }
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size[8] = 1
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', size), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))])
}
