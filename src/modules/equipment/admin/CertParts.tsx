// A certificate registered with its evidence; everything that was registered for one subject.
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { FILES_MAX, equipment, type CertFull, type CertRow, type DeviceRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

export interface CertAbout { kind_id: string; community_id: string; equipment_id: string | null; account_id: string | null; holder: string | null }
export const leftText = (r: Pick<CertRow, 'days_left'>): string => (r.days_left === null ? '—' : r.days_left < 0 ? `过期 ${-r.days_left} 天` : r.days_left === 0 ? '今天到期' : `还有 ${r.days_left} 天`)
export const aboutOf = (r: CertRow): CertAbout => ({ kind_id: r.kind_id, community_id: r.community_id, equipment_id: r.equipment_id, account_id: r.account_id, holder: r.subject === 'person' && !r.account_id ? r.about : null })
export const periodText = (r: { period_n: number; period_unit: string }): string => `每 ${r.period_n} ${said('period_unit', r.period_unit)}`
export function CertDrawer({ about, close }: { about: CertAbout | undefined; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(equipment.saveCert, { in_form: true, done: (a) => `已登记,有效期至 ${a.valid_to_on}` })
  const kinds = useRead(equipment.certKinds, {}, { stale_ms: 60_000 })
  const [kind_id, setKind] = useState(about?.kind_id)
  const [community_id, setCommunity] = useState(about?.community_id ?? place_id ?? places[0]?.id ?? '')
  const [files, setFiles] = useState<{ file_id: string; name: string }[]>([])
  const kind = kinds.data?.rows.find((k) => k.kind_id === kind_id)
  const people = useRead(equipment.people, { community_id }, { stale_ms: 60_000, enabled: community_id !== '' && kind?.subject === 'person' })
  return (
    <FormDrawer
      open onClose={close} columns={2} title={kind ? `登记:${kind.name}` : '登记检验与证件'} call={equipment.saveCert} loading={save.running} submitError={save.error} words={{ result: words.states?.['result'] }}
      note={kind ? <p className="hy-muted">{[periodText(kind.rule), kind.rule.law, kind.rule.evidence ? `凭证:${kind.rule.evidence}` : null].filter(Boolean).join(';')}</p> : null}
      fields={[
        { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.kind_id, label: k.name })), disabled: about !== undefined }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: about !== undefined },
        { name: 'equipment_id', wide: true, when: () => kind?.subject === 'device', control: (c) => <SearchSelect {...c} label="设备" placeholder="选择设备" call={equipment.devices} input={{ community_id }} enabled={community_id !== '' && kind?.subject === 'device'} disabled={about?.equipment_id != null} chosen={(equipment_ids) => ({ equipment_ids })} option={(d: DeviceRow) => (d.state === 'scrapped' && d.equipment_id !== about?.equipment_id ? null : { value: d.equipment_id, label: `${d.no} ${d.name}` })} /> },
        { name: 'account_id', kind: 'select', options: (people.data?.rows ?? []).map((p) => ({ value: p.account_id, label: `${p.name}${p.post ? `(${p.post})` : ''}` })), when: () => kind?.subject === 'person' }, { name: 'holder', help: '不是本公司员工账号的,在此填姓名', when: (v) => kind?.subject === 'person' && !v['account_id'] },
        { name: 'valid_from_on', label: kind?.subject === 'person' ? '有效期起' : '检验日' }, { name: 'valid_to_on', help: '不填按周期推算' }, 'issuer', 'no', { name: 'result', kind: 'select' }, { name: 'note', wide: true, placeholder: '如:清洗人员、业主见证人、整改情况' },
      ]}
      follows={(changed) => {
        if ('kind_id' in changed) { setKind(changed['kind_id'] as string); return { equipment_id: null, account_id: null, holder: null } }
        if ('community_id' in changed) { setCommunity(changed['community_id'] as string); return { equipment_id: null, account_id: null } }
        return undefined
      }}
      fixed={{ file_ids: files.map((f) => f.file_id) }}
      initial={{ ...(about ?? { community_id, equipment_id: null, account_id: null, holder: null }), no: null, result: 'pass', valid_from_on: today(), note: null }}
      onSubmit={async (i) => { if (await save.run({ ...i, equipment_id: i.equipment_id ?? null, account_id: i.account_id ?? null, holder: i.holder ?? null })) close() }}
    >
      <div className="hy-stack">{files.map((f) => <span key={f.file_id} className="hy-line">{f.name}<Button size="small" type="link" onClick={() => setFiles(files.filter((x) => x !== f))}>删除</Button></span>)}<Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传凭证" hint="报告、证书、记录、照片" disabled={files.length >= FILES_MAX} onDone={(f) => setFiles([...files, f])} /></div>
    </FormDrawer>
  )
}
export function CertHistory({ row, close }: { row: CertRow; close: () => void }) {
  const may = useMay()
  const a = aboutOf(row)
  const list = useRead(equipment.certHistory, a)
  const end = useWrite(equipment.endCert, { in_form: true, done: '已注销' })
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<CertFull>()
  return (
    <Drawer open onClose={close} size={760} title={`${row.kind_name}:${row.about}`} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={may('equipment.cert.write') ? <div className="hy-form-buttons"><Button type="primary" onClick={() => setAdding(true)}>登记新的</Button></div> : null}>
      {list.error ? <ErrorBlock error={list.error} retry={list.retry} /> : !list.data ? <LoadingBlock /> : (
        <RowsTable
          label="历史" rows={list.data.rows} row_key="cert_id" empty="还没有登记过"
          columns={[
            { key: 'valid_to_on', title: '有效期', width: 190, show: (r) => <span style={r.ended ? { textDecoration: 'line-through' } : {}}>{r.valid_from_on} 至 {r.valid_to_on}</span> }, { key: 'result', title: '结论', width: 95, show: (r) => <StateTag value={r.result} words={words.states?.['result']} tones={{ pass: 'good', conditional: 'warn', fail: 'bad' }} /> }, { key: 'issuer', title: '单位与编号', width: 160, show: (r) => [r.issuer, r.no].filter(Boolean).join(' ') },
            { key: 'files', title: '凭证', width: 140, show: (r) => (r.files.length ? r.files.map((f) => <div key={f.file_id}><a href={fileUrl(equipment.certFile, { cert_id: r.cert_id, file_id: f.file_id })} target="_blank" rel="noreferrer">{f.name}</a></div>) : '—') },
            { key: 'note', title: '说明', width: 160, show: (r) => (r.ended ? `已注销:${r.ended}` : (r.note ?? '—')) }, { key: 'told', title: '提醒', width: 110, show: (r) => (r.told.length ? <span title={r.told.map((x) => `${instant(x.told_at)} 通知 ${x.told_count} 人`).join('\n')}>{r.told.length} 次,最近 {instant(r.told.at(-1)!.told_at).slice(5, 10)}</span> : '—') }, { key: 'made_by_name', title: '登记', width: 120, show: (r) => `${r.made_by_name} ${instant(r.made_at).slice(0, 10)}` },
            ...(may('equipment.cert.write') ? [{ key: 'act', title: '操作', width: 75, show: (r: CertFull) => (r.ended ? null : <Button size="small" onClick={() => setEnding(r)}>注销</Button>) }] : []),
          ]}
        />
      )}
      {adding ? <CertDrawer about={a} close={() => setAdding(false)} /> : null}
      {ending ? <ReasonModal open title="注销这份检验与证件" onClose={() => setEnding(undefined)} loading={end.running} submitError={end.error} suggestions={['登记有误', '证件作废', '人员离职']} onConfirm={async (reason) => { if (await end.run({ cert_id: ending.cert_id, reason })) setEnding(undefined) }} /> : null}
    </Drawer>
  )
}
