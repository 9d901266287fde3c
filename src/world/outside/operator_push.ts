// What the operators' platforms push, made from their pages on HTTP push and not from our reader: CTWing (AEP) and OneNET, with their signature. They send again what
// is not answered with 200, send twice, and send late.
import { createHash, randomBytes } from 'node:crypto'

export const ctwingReport = (o: { imei: string; device_id: string; at_ms: number; app: Uint8Array }): string =>
  JSON.stringify({ upPacketSN: -1, upDataSN: -1, topic: 'v1/up/ad', timestamp: o.at_ms, tenantId: '2000033629', serviceId: '', protocol: 'lwm2m', productId: '15114816', payload: { APPdata: Buffer.from(o.app).toString('base64') }, messageType: 'dataReport', deviceType: '', deviceId: o.device_id, assocAssetId: '', IMSI: 'undefined', IMEI: o.imei })
export const ctwingOnline = (o: { imei: string; device_id: string; at_ms: number }): string => JSON.stringify({ timestamp: o.at_ms, tenantId: '2000033629', protocol: 'lwm2m', productId: '15114816', messageType: 'deviceOnlineOfflineReport', eventType: 0, deviceId: o.device_id, IMEI: o.imei })
/** CJ/T 188-2004, 6.2: what a cold water meter answers when it is read, hundredths of a cubic metre, with its sum. */
export function waterFrame(hundredths: number, serial: readonly number[] = [0x78, 0x56, 0x34, 0x12, 0x00, 0x11, 0x11]): Buffer {
  const bcd = (n: number): number[] => String(n).padStart(8, '0').match(/../g)!.reverse().map((x) => Number.parseInt(x, 16))
  const b = [0x68, 0x10, ...serial, 0x81, 0x16, 0x1f, 0x90, 0x00, ...bcd(hundredths), 0x2c, ...bcd(0), 0x2c, 0x00, 0x00, 0x12, 0x26, 0x11, 0x26, 0x20, 0x00, 0x00]
  return Buffer.from([...b, b.reduce((s, x) => (s + x) % 256, 0), 0x16])
}
const sign = (token: string, nonce: string, msg: string): string => createHash('md5').update(`${token}${nonce}${msg}`, 'utf8').digest('base64')
const nonceOf = (): string => randomBytes(6).toString('base64url')
/** Of the NB-IoT suite: `msg` is an object. Written with blanks, as a platform may. */
export function onenetPoints(token: string, list: readonly { imei: string; dev_id: number; ds_id: string; at_ms: number; value: unknown }[]): string {
  const msg = JSON.stringify(list.map((m) => ({ at: m.at_ms, imei: m.imei, type: 1, ds_id: m.ds_id, value: m.value, dev_id: m.dev_id })), null, 1)
  const nonce = nonceOf()
  return `{"msg": ${msg}, "msg_signature": "${sign(token, nonce, msg)}", "nonce": "${nonce}"}`
}
/** Of products with a model: `msg` is a text. */
export function onenetProperty(token: string, o: { device_name: string; params: Record<string, { value: unknown; time: number }> }): string {
  const msg = JSON.stringify({ notifyType: 'property', productId: 'p1', messageType: 'notify', deviceName: o.device_name, data: { id: '12', params: o.params } })
  const nonce = nonceOf()
  return JSON.stringify({ msg, nonce, signature: sign(token, nonce, msg), time: Date.now(), id: 'a1' })
}
export function onenetCheck(token: string, msg: string): string {
  const nonce = nonceOf()
  return `msg=${encodeURIComponent(msg)}&nonce=${encodeURIComponent(nonce)}&signature=${encodeURIComponent(sign(token, nonce, msg))}`
}
