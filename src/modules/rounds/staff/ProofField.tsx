// Proof of being there: the camera reads the label or the screen, the phone touches the card, or the code is typed. A wrong label is seen at once,
// without network, by the hash of its code; the server decides.
import { Button } from 'antd-mobile'
import { useEffect, useRef, useState } from 'react'
import { Field, Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { said } from '../shown.ts'
import type { StopHere } from './shift.ts'

export interface Proven {
  proof: 'scan' | 'nfc' | 'screen' | 'typed' | 'none'
  code: string | null
}
interface NfcReader {
  scan: (o: { signal: AbortSignal }) => Promise<void>
  onreading: ((e: { serialNumber: string }) => void) | null
}
type Newer = typeof globalThis & { NDEFReader?: new () => NfcReader }
const newer = globalThis as Newer
const canTouch = (): boolean => newer.NDEFReader !== undefined

/** The code within what was read: 'HY1:ABCD2345', 'HY2:ABCD2345:123456' or the code alone. */
const bare = (text: string): string => (text.startsWith('HY') ? (text.split(':')[1] ?? '') : text.replace(/[\s-]/g, '')).toUpperCase()
/** undefined where the browser cannot tell (no secure context): the server will. */
async function isRight(text: string, code_hash: string | null): Promise<boolean | undefined> {
  if (!code_hash || !globalThis.crypto?.subtle) return undefined
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bare(text))))
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('').slice(0, code_hash.length) === code_hash
}

export function ProofField({ s, proven, set }: { s: StopHere; proven: Proven | undefined; set: (p: Proven | undefined) => void }) {
  const [typed, setTyped] = useState('')
  const [scanning, setScanning] = useState(false)
  const [fault, setFault] = useState<string>()
  const take = async (proof: Proven['proof'], code: string): Promise<void> => {
    setScanning(false)
    if (proof !== 'nfc' && (await isRight(code, s.code_hash)) === false) {
      set(undefined)
      return setFault(`这不是「${s.name}」的码,请核对位置`)
    }
    setFault(undefined)
    set({ proof: proof === 'scan' && code.startsWith('HY2:') ? 'screen' : proof, code })
  }
  if (proven) return <p className="ph-between"><span className="ph-line"><Icon name={proven.proof === 'none' ? 'warn' : 'ok'} />{proven.proof === 'none' ? '没有到位证明,会请主管审核' : `已到位(${said('proof', proven.proof)})`}</span><button type="button" className="ph-text-button" onClick={() => set(undefined)}>重来</button></p>
  return (
    <div className="ph-section" role="group" aria-label="到位证明">
      {s.proof === 'nfc' && canTouch() ? <Touch read={(id) => void take('nfc', id)} /> : null}
      {s.proof !== 'nfc' && canScan() ? (scanning ? <Scanner read={(text) => void take('scan', text)} stop={(why) => { setScanning(false); setFault(why) }} /> : <Button className="ph-big" block onClick={() => setScanning(true)}>{s.proof === 'screen' ? '扫动态码' : '扫码'}</Button>) : null}
      <Field label={canScan() ? '或输入点位码' : '点位码'} error={fault} hint={s.proof === 'scan' ? '标签上的 8 位码' : `这个点位要求${said('point_proof', s.proof)},手输会请主管审核`}>
        {(p) => <span className="ph-with-button"><input {...p} className="ph-input" autoCapitalize="characters" autoComplete="off" spellCheck={false} maxLength={12} value={typed} onChange={(e) => setTyped(e.target.value.toUpperCase())} /><Button className="ph-mid" disabled={bare(typed).length < 8} onClick={() => void take('typed', typed)}>确定</Button></span>}
      </Field>
      <button type="button" className="ph-text-button" onClick={() => { setFault(undefined); set({ proof: 'none', code: null }) }}>标签损坏,扫不了</button>
      {fault ? <Tag kind="bad">不是这个点位</Tag> : null}
    </div>
  )
}
function Touch({ read }: { read: (id: string) => void }) {
  const [on, setOn] = useState(false)
  const [fault, setFault] = useState<string>()
  const end = useRef<AbortController>(undefined)
  useEffect(() => () => end.current?.abort(), [])
  const start = async (): Promise<void> => {
    try {
      end.current = new AbortController()
      const reader = new newer.NDEFReader!()
      reader.onreading = (e) => { end.current?.abort(); read(e.serialNumber) }
      await reader.scan({ signal: end.current.signal })
      setOn(true)
    } catch {
      setFault('这部手机的 NFC 没有打开,请到设置里打开')
    }
  }
  return <>{on ? <p className="ph-card ph-center">请把手机贴近点位的卡</p> : <Button className="ph-big" block onClick={() => void start()}>碰卡</Button>}{fault ? <p className="ph-fault" role="alert">{fault}</p> : null}</>
}
