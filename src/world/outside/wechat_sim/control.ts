// The tests' hand on the gateway: the same functions in process and, as POST /__sim/…, from another process.
import { z } from 'zod'
import { BILL_FAULTS, type BillDesk, type BillFault } from './bills.ts'
import { payOrder, settleRefund, type Book, type PayOutcome } from './book.ts'
import { API_FAULTS, NOTIFY_FAULTS, ROUTES, type ApiFault, type FaultQueue, type NotifyFault } from './faults.ts'
import type { SimNotice, SimOrder, SimRefund } from './ledger.ts'
import type { Courier, Delivery } from './notify.ts'

export interface SimState {
  orders: SimOrder[]
  refunds: SimRefund[]
  notices: SimNotice[]
  deliveries: Delivery[]
  held: number
  faults: { api: ApiFault[]; notify: NotifyFault[] }
}

export interface SimControl {
  apiFault(fault: ApiFault): void
  notifyFault(fault: NotifyFault): void
  /** What every bill from now on lies about. */
  billFault(fault: BillFault): void
  /** Moves the gateway's clock: the sample plays past days through it. */
  shift(ms: number): void
  clear(): void
  /** The payer pays; `late` also pays an order that is closed or out of time. */
  pay(outTradeNo: string, late?: boolean): PayOutcome
  settleRefund(outRefundNo: string, status: 'SUCCESS' | 'CLOSED' | 'ABNORMAL'): boolean
  release(order?: 'fifo' | 'reverse'): Promise<void>
  settled(): Promise<void>
  state(): SimState
}

export function makeControl(book: Book, courier: Courier, api: FaultQueue<ApiFault>, bills: BillDesk, shift: (ms: number) => void): SimControl {
  return {
    apiFault: (fault) => api.add(fault),
    notifyFault: (fault) => courier.faults.add(fault),
    billFault: (fault) => void bills.faults.push(fault),
    shift,
    clear() {
      api.clear()
      bills.faults = []
      courier.faults.clear()
    },
    pay: (outTradeNo, late = false) => payOrder(book, book.ledger.orders.get(outTradeNo), late),
    settleRefund: (outRefundNo, status) => settleRefund(book, outRefundNo, status),
    release: (order = 'fifo') => courier.release(order),
    settled: () => courier.settled(),
    state: () => ({
      orders: [...book.ledger.orders.values()],
      refunds: [...book.ledger.refunds.values()],
      notices: [...book.ledger.notices.values()],
      deliveries: [...courier.log],
      held: courier.held,
      faults: { api: [...api.list()], notify: [...courier.faults.list()] },
    }),
  }
}

const times = z.int().min(1).max(10_000).optional()
const apiFault = z.object({ kind: z.enum(API_FAULTS), times, route: z.enum(ROUTES).optional() })
const notifyFault = z.object({
  kind: z.enum(NOTIFY_FAULTS),
  times,
  of: z.enum(['transaction', 'refund']).optional(),
  ms: z.int().min(0).max(3_600_000).optional(),
  copies: z.int().min(1).max(200).optional(),
  amount_fen: z.int().positive().optional(),
})
const pay = z.object({ out_trade_no: z.string(), late: z.boolean().optional() })
const refund = z.object({ out_refund_no: z.string(), status: z.enum(['SUCCESS', 'CLOSED', 'ABNORMAL']) })
const bill = z.object({ kind: z.enum(BILL_FAULTS) })
const shift = z.object({ ms: z.int().min(-400 * 86_400_000).max(400 * 86_400_000) })
const release = z.object({ order: z.enum(['fifo', 'reverse']).optional() })

/** zod writes "absent" as undefined; our types keep the two apart. */
function compact<T extends object>(value: T): never {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never
}

/** Undefined for a path that is none of ours; throws a ZodError for a body that does not fit. */
export async function controlCall(control: SimControl, path: string, body: unknown): Promise<object | undefined> {
  switch (path) {
    case '/__sim/api_fault':
      control.apiFault(compact(apiFault.parse(body)))
      return { ok: true }
    case '/__sim/notify_fault':
      control.notifyFault(compact(notifyFault.parse(body)))
      return { ok: true }
    case '/__sim/bill_fault':
      control.billFault(bill.parse(body).kind)
      return { ok: true }
    case '/__sim/shift':
      control.shift(shift.parse(body).ms)
      return { ok: true }
    case '/__sim/clear':
      control.clear()
      return { ok: true }
    case '/__sim/pay': {
      const wish = pay.parse(body)
      return { outcome: control.pay(wish.out_trade_no, wish.late) }
    }
    case '/__sim/refund': {
      const wish = refund.parse(body)
      return { changed: control.settleRefund(wish.out_refund_no, wish.status) }
    }
    case '/__sim/release':
      await control.release(release.parse(body).order)
      return { ok: true }
    case '/__sim/settled':
      await control.settled()
      return { ok: true }
    default:
      return undefined
  }
}
