// 扫码: a resident before a lift or a gate scans its label (or types the code), and the report names the device and its place; the label of a place that the
// rounds go to names that place.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { asRefused, readNow, type Out } from '../../../ui/api.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { rounds } from '../../rounds/contract.ts'
import { orders } from '../contract.ts'

type Found = Pick<Out<typeof orders.scanned.gives>, 'place'>
/** `code` only where it is a device's. */
async function placeOf(house_id: string, code: string): Promise<Found & { code?: string }> {
  try {
    return { ...(await readNow(orders.scanned, { house_id, code })), code }
  } catch (error) {
    if (asRefused(error).code !== 'equipment.code_unknown') throw error
    return readNow(rounds.placeScanned, { house_id, code })
  }
}
export function DeviceCode({ house_id, found }: { house_id: string; found: (d: Found, code: string | undefined) => void }) {
  const [open, setOpen] = useState<'scan' | 'type'>()
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const [done, setDone] = useState<string>()
  const ask = async (code: string): Promise<void> => {
    setFault(undefined)
    try {
      const d = await placeOf(house_id, code.slice(0, 80))
      setDone(d.place)
      setOpen(undefined)
      found(d, d.code)
    } catch (error) {
      setOpen('type')
      setFault(asRefused(error).message)
    }
  }
  if (open === 'scan') return <Scanner read={(text) => void ask(text)} stop={(why) => { setOpen(why ? 'type' : undefined); setFault(why) }} />
  if (open === 'type') return <Field label="标签上的 8 位码" error={fault}>{(p) => <span className="ph-with-button"><input {...p} className="ph-input" autoCapitalize="characters" autoComplete="off" spellCheck={false} maxLength={20} value={typed} onChange={(e) => setTyped(e.target.value.toUpperCase())} /><Button className="ph-mid" disabled={typed.replace(/[\s-]/g, '').length < 8} onClick={() => void ask(typed)}>确定</Button></span>}</Field>
  return <p className="ph-between"><span className="ph-weak ph-small">{done ? `已识别:${done}` : '设备或墙上有标签的,可以扫码'}</span><button type="button" className="ph-text-button" onClick={() => setOpen(canScan() ? 'scan' : 'type')}>{done ? '重扫' : '扫码'}</button></p>
}
