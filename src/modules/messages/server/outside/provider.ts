// The port every SMS provider answers to. It keeps no state and says what the provider said.
export interface Sms {
  phone: string
  /** Our own number for this message; a provider that knows such numbers sends one number once. */
  sms_id: string
  template: string
  params: Readonly<Record<string, unknown>>
  body: string
}
export type Sent = { kind: 'ok'; ref: string } | { kind: 'failed'; detail: string } | { kind: 'unknown'; cause: string }

export interface SmsProvider {
  readonly name: string
  send(sms: Sms): Promise<Sent>
  /** What became of a message that may have been sent before, on one of these days; null: the provider does not know it. Asked before sending again. */
  find?(sms: Sms, days: readonly string[]): Promise<Sent | null>
}
