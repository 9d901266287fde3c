// The port every payment channel (支付通道) answers to. A channel speaks one provider's protocol, keeps no state and
// no database, and never decides about money: it says what the provider said, and says "unknown" when it cannot tell.

export interface PayOrder {
  out_trade_no: string
  /** Integer fen, greater than zero. */
  amount_fen: number
  description: string
  /** Public address without query string; the provider posts its notice there. */
  notify_url: string
  expires_at: Date
  /** Needed by createJsapi. */
  payer_openid?: string
  /** Needed by createH5: the payer's own address, not ours. */
  client_ip?: string
}

export interface RefundOrder {
  out_trade_no: string
  /** Repeating a number refunds once. After a failure or an unknown answer retry with the SAME number. */
  out_refund_no: string
  refund_fen: number
  /** Amount of the original order, not what is left of it. */
  total_fen: number
  reason?: string
  notify_url?: string
}

/** The provider refused and nothing happened. */
export interface Failed {
  kind: 'failed'
  code: string
  message: string
}

/** Nobody knows whether it happened: ask with query before doing anything else. Never treat as failed. */
export interface Unknown {
  kind: 'unknown'
  cause: string
}

/** What the payer's browser hands to WeixinJSBridge; names are the provider's. */
export interface JsapiParams {
  appId: string
  timeStamp: string
  nonceStr: string
  package: string
  signType: 'RSA'
  paySign: string
}

export interface Created {
  kind: 'ok'
  pay_url?: string
  code_url?: string
  prepay_id?: string
  jsapi_params?: JsapiParams
}

export type CreateResult = Created | Failed | Unknown

export interface Captured {
  provider_txn: string
  amount_fen: number
  paid_at: Date
  raw: Record<string, unknown>
}

export type QueryResult =
  | ({ state: 'paid' } & Captured)
  /** Paid, and at least one refund was asked for since; the payment itself is as real as with 'paid'. */
  | ({ state: 'refunded' } & Captured)
  | { state: 'notpay' }
  | { state: 'closed' }
  /** The provider has no such order. A create still on its way may arrive after this: close before giving up. */
  | { state: 'absent' }
  | { state: 'unknown'; cause: string }

export type CloseResult = { kind: 'ok' } | { kind: 'paid' } | { kind: 'absent' } | Failed | Unknown

export interface RefundFact {
  provider_refund: string
  out_refund_no: string
  out_trade_no: string
  refund_fen: number
  total_fen: number
  /** Present when the state is 'success'. */
  refunded_at?: Date
  raw: Record<string, unknown>
}

/** 'abnormal' (退款异常): the payer's account took nothing, a person must act at the provider. */
export type RefundState = 'processing' | 'success' | 'closed' | 'abnormal'

/** 'ok' means accepted; the truth is in `state` now and in the notice or queryRefund later. */
export type RefundResult = ({ kind: 'ok'; state: RefundState } & RefundFact) | Failed | Unknown

export type RefundQueryResult =
  | ({ state: RefundState } & RefundFact)
  | { state: 'absent' }
  | { state: 'unknown'; cause: string }

export type NotifyFault =
  | 'too_large'
  | 'unsigned'
  | 'signature_type'
  | 'stale'
  /** The provider's deliberate wrong signature (签名探测). Refuse it like any other, but raise no alarm. */
  | 'signtest'
  | 'unknown_serial'
  | 'bad_signature'
  | 'malformed'
  | 'undecryptable'
  | 'other_merchant'
  | 'unsupported_event'

export interface PaidNotice extends Captured {
  out_trade_no: string
}

export interface RefundNotice extends RefundFact {
  state: Exclude<RefundState, 'processing'>
  provider_txn: string
}

/** event_key is the same for every repetition of one notice. */
export type NotifyResult =
  | { ok: true; event_key: string; kind: 'paid'; resource: PaidNotice }
  | { ok: true; event_key: string; kind: 'refund'; resource: RefundNotice }
  | { ok: false; reason: NotifyFault }

export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>

export interface PayChannel {
  readonly name: string
  createH5(order: PayOrder): Promise<CreateResult>
  createNative(order: PayOrder): Promise<CreateResult>
  createJsapi(order: PayOrder): Promise<CreateResult>
  query(out_trade_no: string): Promise<QueryResult>
  close(out_trade_no: string): Promise<CloseResult>
  refund(order: RefundOrder): Promise<RefundResult>
  queryRefund(out_refund_no: string): Promise<RefundQueryResult>
  /** rawBody must be the bytes as they came, not re-serialised JSON. */
  verifyNotify(headers: HeaderBag, rawBody: Buffer, now: Date): NotifyResult
}
