// 扫设备码: the camera, or the code or name typed; works without network with the devices the phone has with it.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { asRefused, readNow } from '../../../ui/api.ts'
import { Field, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { equipment } from '../contract.ts'
import { knownByLabel, useCarried } from './carried.ts'
import { StateMark } from './parts.tsx'

const SHOWN = 30
export function ScanPage() {
  const carried = useCarried()
  const rows = carried.data?.value.rows ?? []
  const [scanning, setScanning] = useState(false)
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const open = async (text: string): Promise<void> => {
    setScanning(false)
    setFault(undefined)
    const known = await knownByLabel(text, rows)
    if (known) return go(`/equipment/${known.equipment_id}`)
    try {
      const { equipment_id } = await readNow(equipment.findDevice, { code: text.slice(0, 80) })
      go(`/equipment/${equipment_id}`)
    } catch (error) {
      setFault(asRefused(error).message)
    }
  }
  const q = typed.trim()
  const found = q === '' ? rows : rows.filter((r) => `${r.no} ${r.name} ${r.place} ${r.category_name}`.toLowerCase().includes(q.toLowerCase()))
  return (
    <Page title="设备" back="/">
      {canScan() ? (scanning ? <Scanner read={(text) => void open(text)} stop={(why) => { setScanning(false); setFault(why) }} /> : <Button className="ph-big" block color="primary" onClick={() => setScanning(true)}>扫设备码</Button>) : null}
      <form onSubmit={(e) => { e.preventDefault(); if (q !== '') void open(q) }}>
        <Field label="设备码、编号或名称" error={fault}>{(p) => <span className="ph-with-button"><input {...p} className="ph-input" autoComplete="off" spellCheck={false} maxLength={40} value={typed} onChange={(e) => { setTyped(e.target.value); setFault(undefined) }} /><Button className="ph-mid" type="submit" disabled={q === ''}>打开</Button></span>}</Field>
      </form>
      <Loaded reading={carried} rows={4}>
        {({ old }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,显示手机上的设备清单</p> : null}
            {found.length === 0 ? <StateBlock icon="search" title={q === '' ? '没有设备' : '清单里没有找到'} text={q === '' ? '登记设备后显示在这里' : '按「打开」用设备码或编号查找'} /> : null}
            <ul className="ph-list" aria-label="设备">{found.slice(0, SHOWN).map((d) => <li key={d.equipment_id}><RowLink to={`/equipment/${d.equipment_id}`} title={<span className="ph-strong">{d.name}</span>} under={<>{d.no} · {d.category_name}<br />{d.community_name} {d.place}</>} side={d.must_stop ? <Tag kind="bad">须停用</Tag> : d.state === 'in_use' ? null : <StateMark state={d.state} />} /></li>)}</ul>
            {found.length > SHOWN ? <p className="ph-weak ph-small">共 {found.length} 台,请输入名称缩小范围</p> : null}
          </>
        )}
      </Loaded>
      {fault ? <Tag kind="bad">没有找到</Tag> : null}
    </Page>
  )
}
