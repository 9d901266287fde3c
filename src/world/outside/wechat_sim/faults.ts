// What the gateway can be told to do wrong. Faults are queued; each request or delivery takes the first that fits it.

export const API_FAULTS = [
  // before the order book is touched
  'status_500',
  'rate_limit',
  'reset',
  'hang',
  // after it: the request has had its effect, only the answer suffers
  'answer_lost',
  'hang_after',
  'status_500_after',
  'slow_body',
  'half_body',
  'oversize',
  'unsigned',
  'bad_signature',
  'unknown_serial',
  'stale_answer',
  'not_json',
  'wrong_amount',
  'other_merchant',
  // the payer pays and the notice is delivered before the create call has its answer
  'notify_first',
  // one byte of a downloaded file is another
  'altered_file',
] as const
export type ApiFaultKind = (typeof API_FAULTS)[number]

export const ROUTES = ['create', 'codepay', 'query', 'close', 'reverse', 'refund', 'query_refund', 'certificates', 'bill', 'download'] as const
export type Route = (typeof ROUTES)[number]

export interface ApiFault {
  kind: ApiFaultKind
  /** How many requests it strikes; 1 when absent. */
  times?: number
  /** Any route when absent. */
  route?: Route
}

export const NOTIFY_FAULTS = [
  'delay',
  'drop',
  'duplicate',
  'hold',
  'wrong_amount',
  'bad_signature',
  'unknown_serial',
  'stale',
  'future',
  'signtest',
  'bad_ciphertext',
  'bad_tag',
  'wrong_key',
  'other_merchant',
  'other_app',
  'oversize',
  'certificate_mode',
] as const
export type NotifyFaultKind = (typeof NOTIFY_FAULTS)[number]

export interface NotifyFault {
  kind: NotifyFaultKind
  times?: number
  /** Of payments or of refunds; any when absent. */
  of?: 'transaction' | 'refund'
  /** delay: real milliseconds */
  ms?: number
  /** duplicate: deliveries at once */
  copies?: number
  /** wrong_amount: what the notice claims */
  amount_fen?: number
}

const MAX_QUEUE = 1000

export class FaultQueue<T extends { kind: string; times?: number }> {
  #items: T[] = []

  add(fault: T): void {
    if (this.#items.length >= MAX_QUEUE) throw new RangeError('fault queue is full')
    this.#items.push({ ...fault, times: fault.times ?? 1 })
  }

  take(fits: (fault: T) => boolean): T | null {
    const at = this.#items.findIndex(fits)
    const fault = this.#items[at]
    if (!fault) return null
    fault.times = (fault.times ?? 1) - 1
    if (fault.times <= 0) this.#items.splice(at, 1)
    return fault
  }

  clear(): void {
    this.#items = []
  }

  list(): readonly T[] {
    return this.#items
  }
}
