// Reads the provider's JSON into the port's facts. Fields it does not know are ignored, fields it needs must be there.
import { z } from 'zod'
import type { Captured, PaidNotice, QueryResult, RefundFact, RefundNotice, RefundState } from './channel.ts'

const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/)
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()))
const number32 = z.string().min(1).max(32)
const fen = z.int().positive()

const transaction = z.object({
  mchid: z.string(),
  appid: z.string(),
  out_trade_no: number32,
  trade_state: z.string(),
  transaction_id: number32.optional(),
  success_time: instant.optional(),
  amount: z.object({ total: fen.optional(), currency: z.string().optional() }).optional(),
})

const refundAmount = z.object({ total: fen, refund: fen, currency: z.string().optional() })
const refund = z.object({
  refund_id: z.string().min(1).max(32),
  out_refund_no: z.string().min(1).max(64),
  transaction_id: number32,
  out_trade_no: number32,
  success_time: instant.optional(),
  status: z.string(),
  amount: refundAmount,
})
const refundNotice = refund.omit({ status: true }).extend({ mchid: z.string(), refund_status: z.string() })

const event = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string().max(64),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string().min(1),
    associated_data: z.string().max(64).default(''),
    nonce: z.string().min(1).max(16),
  }),
})
export type NotifyEvent = z.infer<typeof event>

const certificateList = z.object({
  data: z
    .array(
      z.object({
        serial_no: z.string().min(1).max(64),
        effective_time: instant,
        expire_time: instant,
        encrypt_certificate: event.shape.resource,
      }),
    )
    .max(16),
})

const refusal = z.object({ code: z.string().min(1).max(64), message: z.string().max(2048).default('') })
const h5Answer = z.object({ h5_url: z.url({ protocol: /^https?$/ }).max(2048) })
const nativeAnswer = z.object({ code_url: z.string().min(1).max(1024) })
const jsapiAnswer = z.object({ prepay_id: z.string().min(1).max(64) })

const billPlace = z.object({ hash_type: z.literal('SHA1'), hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/), download_url: z.url({ protocol: /^https?$/ }).max(2048) })

/** Undefined stands for "not what the document promises". */
function reader<T>(schema: z.ZodType<T>): (value: unknown) => T | undefined {
  return (value) => {
    const read = schema.safeParse(value)
    return read.success ? read.data : undefined
  }
}
export const readEvent = reader(event)
export const readRefusal = reader(refusal)
export const readH5 = reader(h5Answer)
export const readNative = reader(nativeAnswer)
export const readJsapi = reader(jsapiAnswer)
export const readBillPlace = reader(billPlace)
export const readCertificates = reader(certificateList)

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

export interface Merchant {
  mch_id: string
  app_id: string
}

function captured(value: unknown, read: z.infer<typeof transaction>): Captured | undefined {
  const { transaction_id, success_time, amount } = read
  if (!transaction_id || !success_time || !amount?.total) return undefined
  if (amount.currency !== undefined && amount.currency !== 'CNY') return undefined
  return {
    provider_txn: transaction_id,
    amount_fen: amount.total,
    paid_at: success_time,
    raw: value as Record<string, unknown>,
  }
}

export function readOrderState(value: unknown, merchant: Merchant, outTradeNo: string): QueryResult {
  const { success, data } = transaction.safeParse(value)
  if (!success) return { state: 'unknown', cause: 'malformed' }
  const ours = data.mchid === merchant.mch_id && data.appid === merchant.app_id
  if (!ours || data.out_trade_no !== outTradeNo) return { state: 'unknown', cause: 'mismatch' }
  switch (data.trade_state) {
    case 'SUCCESS':
    case 'REFUND': {
      const facts = captured(value, data)
      if (!facts) return { state: 'unknown', cause: 'malformed' }
      return { state: data.trade_state === 'SUCCESS' ? 'paid' : 'refunded', ...facts }
    }
    case 'NOTPAY':
    case 'USERPAYING':
    case 'PAYERROR': // the payer may still try again
      return { state: 'notpay' }
    case 'CLOSED':
    case 'REVOKED':
      return { state: 'closed' }
    default:
      return { state: 'unknown', cause: `trade_state:${data.trade_state.slice(0, 32)}` }
  }
}

export type NoticeRead<T> = T | 'malformed' | 'other_merchant'

export function readPaidNotice(value: unknown, merchant: Merchant): NoticeRead<PaidNotice> {
  const { success, data } = transaction.safeParse(value)
  if (!success) return 'malformed'
  if (data.mchid !== merchant.mch_id || data.appid !== merchant.app_id) return 'other_merchant'
  const facts = data.trade_state === 'SUCCESS' ? captured(value, data) : undefined
  return facts ? { out_trade_no: data.out_trade_no, ...facts } : 'malformed'
}

const REFUND_STATES: ReadonlyMap<string, RefundState> = new Map([
  ['PROCESSING', 'processing'],
  ['SUCCESS', 'success'],
  ['CLOSED', 'closed'],
  ['ABNORMAL', 'abnormal'],
])

type RefundRead = Omit<z.infer<typeof refund>, 'status'>

function refundFact(value: unknown, read: RefundRead, state: RefundState): RefundFact | undefined {
  const { amount, success_time } = read
  if (amount.refund > amount.total) return undefined
  if (amount.currency !== undefined && amount.currency !== 'CNY') return undefined
  if (state === 'success' && !success_time) return undefined
  return {
    provider_refund: read.refund_id,
    out_refund_no: read.out_refund_no,
    out_trade_no: read.out_trade_no,
    refund_fen: amount.refund,
    total_fen: amount.total,
    ...(success_time ? { refunded_at: success_time } : {}),
    raw: value as Record<string, unknown>,
  }
}

export function readRefund(value: unknown): ({ state: RefundState } & RefundFact) | undefined {
  const { success, data } = refund.safeParse(value)
  const state = success ? REFUND_STATES.get(data.status) : undefined
  if (!success || !state) return undefined
  const fact = refundFact(value, data, state)
  return fact ? { state, ...fact } : undefined
}

export function readRefundNotice(
  value: unknown,
  merchant: Merchant,
  eventType: string,
): NoticeRead<RefundNotice> {
  const { success, data } = refundNotice.safeParse(value)
  if (!success) return 'malformed'
  // A refund notice carries no appid.
  if (data.mchid !== merchant.mch_id) return 'other_merchant'
  const state = REFUND_STATES.get(data.refund_status)
  if (!state || state === 'processing' || eventType !== `REFUND.${data.refund_status}`) return 'malformed'
  const fact = refundFact(value, data, state)
  return fact ? { ...fact, state, provider_txn: data.transaction_id } : 'malformed'
}
