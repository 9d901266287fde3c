import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { BELONGS, FeeLine, KINDS, Price, PriceShape, ResourceShape, Rule, RuleShape, SLOTS_MAX, STATES, Slot, Terms, UNITS_MAX } from './shapes.ts'

export { BELONGS, KINDS, STATES, WHO, type Band, type FeeLine, type Hours, type Price, type Rule, type Slot } from './shapes.ts'
const State = z.enum(STATES).meta({ zh: '状态' })
const Phone = z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').meta({ zh: '电话' })
const Moment = z.iso.datetime().meta({ zh: '时间' })
export const ResourceRow = z.object({
  resource_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '场地' }), kind: z.enum(KINDS).meta({ zh: '种类' }), place: z.string().meta({ zh: '位置' }), unit_word: z.string(), unit_count: z.int().meta({ zh: '数量' }), belongs_to: z.enum(BELONGS).meta({ zh: '收入归属' }), note: z.string().nullable(), photo_id: Id.nullable(), sort_no: z.int(), retired: z.boolean().meta({ zh: '停用' }), keeper_name: z.string().meta({ zh: '负责人' }),
  rule: Rule.nullable(), price: Price.nullable(), next_from_on: Day.nullable(), live_count: z.int().meta({ zh: '有效预约' }), can: Can('write'),
})
export type ResourceRow = z.output<typeof ResourceRow>
export const ClosureRow = z.object({ closure_id: Id, resource_id: Id, resource_name: z.string().meta({ zh: '场地' }), community_name: z.string().meta({ zh: '小区' }), from_at: Instant.meta({ zh: '起' }), to_at: Instant.meta({ zh: '止' }), reason: z.string().meta({ zh: '原因' }), made_by: z.string().meta({ zh: '设定人' }), made_at: Instant, state: z.enum(['now', 'future', 'past', 'lifted']).meta({ zh: '状态' }), lifted_by: z.string().nullable(), lifted_reason: z.string().nullable().meta({ zh: '解除原因' }), can: Can('lift') })
export type ClosureRow = z.output<typeof ClosureRow>
export const BookingRow = z.object({
  booking_id: Id, no: z.string().meta({ zh: '预约号' }), community_name: z.string().meta({ zh: '小区' }), resource_id: Id, resource_name: z.string().meta({ zh: '场地' }), unit_word: z.string(), place_units: z.int(), house_id: Id, house_label: z.string().meta({ zh: '房号' }), contact_name: z.string().meta({ zh: '联系人' }), contact_phone_masked: z.string().nullable().meta({ zh: '电话' }), source: z.enum(['app', 'desk']).meta({ zh: '来源' }),
  from_at: Instant.meta({ zh: '起' }), to_at: Instant.meta({ zh: '止' }), slot_count: z.int(), unit_count: z.int().meta({ zh: '份数' }), unit_nos: z.array(z.int()), state: State, over: z.boolean(), amount_fen: FenShape.meta({ zh: '费用' }), open_fen: FenShape.meta({ zh: '未缴' }), paid_fen: FenShape.meta({ zh: '已缴' }), refund_state: z.enum(['asked', 'by_hand', 'done', 'refused']).nullable().meta({ zh: '退款' }), hold_until: Instant.nullable(),
  ended_by: z.string().nullable(), ended_reason: z.string().nullable().meta({ zh: '原因' }), created_by: z.string().meta({ zh: '预约人' }), created_at: Instant.meta({ zh: '预约时间' }), can: Can('cancel', 'move', 'check_in', 'no_show', 'decide'),
})
export type BookingRow = z.output<typeof BookingRow>
export const BookingFilter = z.object({ community_id: Id.optional(), resource_id: Id.optional(), house_id: Id.optional(), state: State.optional(), source: z.enum(['app', 'desk']).optional(), refund: z.boolean().optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type BookingFilter = z.output<typeof BookingFilter>
const BillOf = z.object({ bill_id: Id, part: z.enum(['fee', 'kept']), amount_fen: FenShape, open_fen: FenShape, voided: z.boolean(), refund_id: Id.nullable() })
const Step = z.object({ kind: z.string(), text: z.string(), by_name: z.string(), at: Instant })
export const BookingDetail = BookingRow.extend({ code: z.string(), note: z.string().nullable(), place: z.string(), lines: z.array(FeeLine), kept_fen: FenShape, free_until: Instant, late_fen: FenShape, late: z.boolean(), bills: z.array(BillOf), steps: z.array(Step) })
export type BookingDetail = z.output<typeof BookingDetail>
const BoardBooking = z.object({ booking_id: Id, no: z.string(), house_label: z.string(), contact_name: z.string(), from_at: Instant, to_at: Instant, unit_nos: z.array(z.int()), state: State, open_fen: FenShape })
export const BoardRow = z.object({ resource_id: Id, community_id: Id, community_name: z.string(), name: z.string(), place: z.string(), kind: z.enum(KINDS), unit_word: z.string(), unit_count: z.int(), slots: z.array(Slot), closures: z.array(z.object({ from_at: Instant, to_at: Instant, reason: z.string() })), bookings: z.array(BoardBooking) })
export type BoardRow = z.output<typeof BoardRow>
const Quote = z.object({ lines: z.array(FeeLine), amount_fen: FenShape, free_until: Instant, late_fen: FenShape, pay_by_min: z.int(), approval: z.boolean() })
export type Quote = z.output<typeof Quote>
const What = { resource_id: Id.meta({ zh: '场地' }), from_at: Moment, slot_count: z.int().min(1).max(SLOTS_MAX).meta({ zh: '几段' }), unit_count: z.int().min(1).max(UNITS_MAX).meta({ zh: '几份' }) }
const One = Repeatable.extend({ booking_id: Id })
const Moved = z.object({ booking_id: Id, state: State })
const TIMES = ['bookings.no_rule', 'bookings.not_a_slot', 'bookings.length', 'bookings.units', 'bookings.past', 'bookings.too_far', 'bookings.closed', 'bookings.taken', 'bookings.retired'] as const
const ENDS = ['bookings.wrong_state', 'bookings.being_paid', 'bookings.partly_paid'] as const

/** What the phone shows of a place. */
export const PlaceRow = z.object({ resource_id: Id, name: z.string(), kind: z.enum(KINDS), place: z.string(), unit_word: z.string(), unit_count: z.int(), note: z.string().nullable(), photo_id: Id.nullable(), terms: Terms, price_text: z.string(), hours_text: z.string(), can: Can('book') })
export type PlaceRow = z.output<typeof PlaceRow>
export const MyBooking = z.object({ booking_id: Id, house_id: Id, no: z.string(), resource_name: z.string(), place: z.string(), house_label: z.string(), unit_word: z.string(), unit_nos: z.array(z.int()), from_at: Instant, to_at: Instant, state: State, over: z.boolean(), code: z.string().nullable(), amount_fen: FenShape, open_fen: FenShape, lines: z.array(FeeLine), hold_until: Instant.nullable(), free_until: Instant, late_fen: FenShape, late: z.boolean(), ended_reason: z.string().nullable(), ended_by: z.string().nullable(), refund_state: z.enum(['asked', 'by_hand', 'done', 'refused']).nullable(), bill_ids: z.array(Id), can: Can('cancel') })
export type MyBooking = z.output<typeof MyBooking>

export const bookings = contract('bookings', {
  resources: read({ zh: '预约场地', may: 'bookings.booking.read', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(ResourceRow) }) }),
  saveResource: write({ zh: '保存预约场地', may: 'bookings.resource.write', takes: Repeatable.extend({ resource_id: Id.optional(), ...ResourceShape }), gives: z.object({ resource_id: Id }), refuses: ['bookings.name_taken', 'bookings.units_used', 'bookings.still_booked', 'bookings.no_photo'] }),
  rules: read({ zh: '预约规则', may: 'bookings.booking.read', takes: z.object({ resource_id: Id }), gives: z.object({ rows: z.array(Rule) }) }),
  publishRule: write({ zh: '发布预约规则', may: 'bookings.resource.write', takes: Repeatable.extend({ resource_id: Id, ...RuleShape }), gives: z.object({ rule_id: Id }), refuses: ['bookings.from_past', 'bookings.hours', 'bookings.slots_order'] }),
  prices: read({ zh: '场地价格', may: 'bookings.booking.read', takes: z.object({ resource_id: Id }), gives: z.object({ rows: z.array(Price) }) }),
  publishPrice: write({ zh: '发布场地价格', may: 'bookings.resource.write', takes: Repeatable.extend({ resource_id: Id, ...PriceShape }), gives: z.object({ price_id: Id }), refuses: ['bookings.from_past', 'bookings.hours'] }),
  closures: read({ zh: '场地停用时段', may: 'bookings.booking.read', takes: Paging.extend({ community_id: Id.optional(), resource_id: Id.optional(), state: z.enum(['now', 'future', 'past', 'lifted']).optional() }), gives: pageOf(ClosureRow) }),
  /** What is booked in that time is cancelled by the desk, free of charge, when `cancel` says so; else it is refused with the numbers. */
  closePlace: write({ zh: '停用场地', may: 'bookings.booking.write', takes: Repeatable.extend({ resource_id: Id.meta({ zh: '场地' }), from_at: Moment.meta({ zh: '起' }), to_at: Moment.meta({ zh: '止' }), reason: Reason, cancel: z.boolean().meta({ zh: '取消期间的预约' }) }), gives: z.object({ closure_id: Id, cancelled_count: z.int() }), refuses: ['bookings.closure_times', 'bookings.closure_booked', 'bookings.closed_already', ...ENDS] }),
  openPlace: write({ zh: '解除停用', may: 'bookings.booking.write', takes: Repeatable.extend({ closure_id: Id, reason: Reason }), gives: z.object({ closure_id: Id }), refuses: ['bookings.closure_over'] }),
  photo: download({ zh: '场地照片', may: 'signed_in', takes: z.object({ resource_id: Id, file_id: Id }) }),

  board: read({ zh: '场地日程', may: 'bookings.booking.read', takes: z.object({ community_id: Id.optional(), day: Day }), gives: z.object({ rows: z.array(BoardRow), asked_count: z.int(), held_count: z.int() }) }),
  boardPdf: download({ zh: '打印场地日程', may: 'bookings.booking.read', takes: z.object({ community_id: Id.optional(), resource_id: Id.optional(), day: Day }), refuses: ['bookings.nothing_to_print'] }),
  day: read({ zh: '场地一天的时段', may: 'bookings.booking.read', takes: z.object({ resource_id: Id, day: Day, but: Id.optional() }), gives: z.object({ slots: z.array(Slot), terms: Terms.nullable() }) }),
  quote: read({ zh: '试算场地费', may: 'bookings.booking.read', takes: z.object(What), gives: Quote, refuses: [...TIMES] }),
  bookings: read({ zh: '预约记录', may: 'bookings.booking.read', takes: Paging.extend(BookingFilter.shape), gives: pageOf(BookingRow).extend({ paid_fen: FenShape, open_fen: FenShape }) }),
  bookingsExcel: download({ zh: '导出预约记录', may: 'bookings.booking.export', takes: BookingFilter, refuses: ['bookings.too_many_rows'] }),
  booking: read({ zh: '预约详情', may: 'bookings.booking.read', takes: z.object({ booking_id: Id }), gives: BookingDetail }),
  bookFor: write({ zh: '代业户预约', may: 'bookings.booking.write', takes: Repeatable.extend({ ...What, house_id: Id.meta({ zh: '房产' }), contact_name: Needed(30).meta({ zh: '联系人' }), contact_phone: Phone.nullable(), note: Text(200).nullable().meta({ zh: '备注' }) }), gives: Moved.extend({ no: z.string(), amount_fen: FenShape }), refuses: [...TIMES, 'bookings.limit', 'bookings.elsewhere', 'bookings.no_payer'] }),
  moveBooking: write({ zh: '预约改期', may: 'bookings.booking.write', takes: One.extend({ from_at: Moment, slot_count: What.slot_count, unit_count: What.unit_count, reason: Reason }), gives: Moved.extend({ amount_fen: FenShape }), refuses: [...TIMES, ...ENDS, 'bookings.move_price', 'bookings.no_payer'] }),
  cancelBooking: write({ zh: '取消预约', may: 'bookings.booking.write', takes: One.extend({ reason: Reason, free: z.boolean().meta({ zh: '不收逾时取消费' }) }), gives: Moved, refuses: [...ENDS] }),
  decideBooking: write({ zh: '审核预约', may: 'bookings.booking.write', takes: One.extend({ agree: z.boolean(), reason: Text(200).optional().meta({ zh: '原因' }) }), gives: Moved, refuses: ['bookings.wrong_state', 'bookings.reason_needed', 'bookings.past', 'bookings.no_payer'] }),
  noShow: write({ zh: '登记未到', may: 'bookings.booking.write', takes: One.extend({ reason: Text(200).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: ['bookings.wrong_state', 'bookings.too_early'] }),

  /** By code or room, at the door: what is booked today. */
  findBooking: read({ zh: '核验预约', may: 'bookings.booking.check', takes: z.object({ q: Text(16).optional() }), gives: z.object({ rows: z.array(BookingRow) }) }),
  checkIn: write({ zh: '预约签到', may: 'bookings.booking.check', takes: One, gives: Moved, refuses: ['bookings.wrong_state', 'bookings.too_early', 'bookings.over'] }),

  places: read({ zh: '可预约场地', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(PlaceRow) }) }),
  placeDay: read({ zh: '场地空闲时段', may: 'resident', takes: z.object({ resource_id: Id, house_id: Id, day: Day.optional() }), gives: z.object({ place: PlaceRow, day: Day, first_on: Day, last_on: Day, slots: z.array(Slot) }) }),
  myQuote: read({ zh: '场地费', may: 'resident', takes: z.object({ ...What, house_id: Id }), gives: Quote, refuses: [...TIMES] }),
  book: write({ zh: '预约场地', may: 'resident', takes: Repeatable.extend({ ...What, house_id: Id.meta({ zh: '房产' }), note: Text(200).optional().meta({ zh: '备注' }) }), gives: Moved.extend({ no: z.string(), amount_fen: FenShape }), refuses: [...TIMES, 'bookings.limit', 'bookings.not_you', 'bookings.no_payer'] }),
  myBookings: read({ zh: '我的预约', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(MyBooking) }) }),
  cancelMine: write({ zh: '取消我的预约', may: 'resident', takes: One, gives: Moved, refuses: [...ENDS, 'bookings.started'] }),
})
