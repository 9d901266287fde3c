// What drivers do by the codes in the car park without an account: come in without a plate, pay where they stand, go out. And what the guard prints and notes.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Link, PayView } from './contract_money.ts'
import { TURNED_KINDS } from './shapes.ts'

const Token = z.string().regex(/^[1-9]\d{0,14}\.[\w-]{38}$/, '二维码不完整')
const Origin = z.url({ protocol: /^https?$/ }).max(200).meta({ zh: '二维码网址' })
const Place = Needed(30).meta({ zh: '停放位置' })
export const LaneView = z.object({
  company_name: z.string(), community_name: z.string(), lot_name: z.string(), lane_name: z.string(), max_height_cm: z.int().nullable(), max_weight_kg: z.int().nullable(),
  /** Who stands there now: a plate that was read, masked, or none. */
  car: z.object({ look_id: Id, direction: z.enum(['in', 'out']), plate: z.string(), no_plate: z.boolean(), why: z.string() }).nullable(),
  stay: PayView.nullable(), can: Can('enter', 'leave'),
})
export type LaneView = z.output<typeof LaneView>
export const TicketView = z.object({ company_name: z.string(), community_name: z.string(), lot_name: z.string(), inside: z.boolean(), stay: PayView, place: z.string().nullable() })
export type TicketView = z.output<typeof TicketView>
export const TurnedRow = z.object({ turned_id: Id, at: Instant.meta({ zh: '时间' }), lot_id: Id, lot_name: z.string().meta({ zh: '车场' }), lane_name: z.string().nullable().meta({ zh: '通道' }), plate: z.string().nullable().meta({ zh: '车牌' }), kind: z.enum(TURNED_KINDS).meta({ zh: '原因' }), detail: z.string().nullable().meta({ zh: '说明' }), by_name: z.string().meta({ zh: '登记人' }), look_id: Id.nullable() })
export type TurnedRow = z.output<typeof TurnedRow>
export const TurnedFilter = z.object({ lot_id: Id.optional(), community_id: Id.optional(), kind: z.enum(TURNED_KINDS).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type TurnedFilter = z.output<typeof TurnedFilter>
const PAYING = ['parking.too_often', 'parking.nothing_due', 'parking.no_price', 'ledger.period_closed'] as const

export const laneCalls = {
  laneView: read({ zh: '通道扫码', may: 'public', takes: z.object({ token: Token, ticket: Token.optional() }), gives: LaneView, refuses: ['parking.too_often'] }),
  /** `ask` is the phone's own: the same asked twice is one ticket. */
  laneEnter: write({ zh: '扫码取票入场', may: 'public', takes: z.object({ token: Token, ask: Id }), gives: z.object({ ticket: z.string(), ticket_no: z.string() }), refuses: ['parking.too_often', 'parking.lane_nobody', 'parking.lane_refused', 'parking.lane_offline'] }),
  lanePay: write({ zh: '通道扫码缴费', may: 'public', takes: z.object({ token: Token, ticket: Token.optional() }), gives: Link, refuses: [...PAYING, 'parking.lane_nobody', 'parking.ticket_needed'] }),
  laneLeave: write({ zh: '扫码离场', may: 'public', takes: z.object({ token: Token, ticket: Token.optional() }), gives: z.object({ left: z.literal(true) }), refuses: ['parking.too_often', 'parking.lane_nobody', 'parking.ticket_needed', 'parking.still_due', 'parking.no_price', 'parking.lane_offline'] }),
  ticketView: read({ zh: '停车票', may: 'public', takes: z.object({ ticket: Token }), gives: TicketView }),
  ticketPay: write({ zh: '停车票缴费', may: 'public', takes: z.object({ ticket: Token }), gives: Link, refuses: [...PAYING, 'parking.not_inside'] }),
  ticketPlace: write({ zh: '记下停放位置', may: 'public', takes: z.object({ ticket: Token, place: Place }), gives: z.object({ place: z.string() }), refuses: ['parking.not_inside', 'parking.too_often'] }),
  myPlace: write({ zh: '记下我的停放位置', may: 'resident', takes: Repeatable.extend({ stay_id: Id, place: Place }), gives: z.object({ place: z.string() }), refuses: ['parking.not_inside'] }),
  ticketPaper: download({ zh: '打印停车票', may: 'parking.booth.work', takes: z.object({ stay_id: Id, origin: Origin }), refuses: ['parking.not_ticket'] }),
  laneSigns: download({ zh: '打印车场二维码', may: 'parking.lot.write', takes: z.object({ lot_id: Id, origin: Origin }) }),
  turnAway: write({ zh: '登记拒入车辆', may: 'parking.booth.work', takes: Repeatable.extend({ lot_id: Id, lane_id: Id.nullable().meta({ zh: '通道' }), plate: Text(12).nullable().meta({ zh: '车牌' }), kind: z.enum(TURNED_KINDS).meta({ zh: '原因' }), detail: Text(200).nullable().meta({ zh: '说明' }) }), gives: z.object({ turned_id: Id }), refuses: ['parking.bad_plate', 'parking.detail_needed'] }),
  turnedAway: read({ zh: '拒入记录', may: 'parking.stay.read', takes: Paging.extend(TurnedFilter.shape), gives: pageOf(TurnedRow) }),
  turnedAwayExcel: download({ zh: '导出拒入记录', may: 'parking.stay.export', takes: TurnedFilter, refuses: ['parking.too_many_rows'] }),
}
