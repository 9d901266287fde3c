import { Alert, Button, Drawer } from 'antd'
import { useState } from 'react'
import type { Out } from '../../../ui/api.ts'
import { asRefused, readNow } from '../../../ui/api.ts'
import { StateTag, type Tone } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { Facts } from '../../../ui/pages.tsx'
import { identity, type AuditRow } from '../contract.ts'
import { words } from '../words.ts'
import { Changes } from './Changes.tsx'

type Row = Out<typeof AuditRow>
type Verdict = Awaited<ReturnType<typeof verify>>
const verify = () => readNow(identity.verifyAudit, {})
const OUTCOME = words.states?.['outcome']
const FACE = words.states?.['face']
const TONES: Record<string, Tone> = { done: 'good', refused: 'warn', fault: 'bad' }

const FILTERS: readonly Filter[] = [
  { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
  { kind: 'text', name: 'actor', label: '操作人' },
  { kind: 'select', name: 'outcome', label: '结果', options: optionsOf(OUTCOME) },
  { kind: 'text', name: 'call', label: '操作', placeholder: '如 作废、出账' },
  { kind: 'text', name: 'subject_id', label: '对象编号' },
]
const COLUMNS: readonly Column<Row>[] = [
  { key: 'at', title: '时间', width: 160, always: true, show: (r) => <span className="hy-nowrap">{instant(r.at, { seconds: true })}</span> },
  { key: 'actor_name', title: '操作人', width: 110 },
  { key: 'face', title: '端', width: 80, show: (r) => FACE?.[r.face] ?? r.face },
  { key: 'call_zh', title: '操作', width: 180 },
  { key: 'outcome', title: '结果', width: 90, show: (r) => <StateTag value={r.outcome} words={OUTCOME} tones={TONES} /> },
  { key: 'refusal', title: '拒绝原因', width: 180 },
  { key: 'subject_zh', title: '对象', width: 110 },
  { key: 'ip', title: '来源地址', width: 130 },
  { key: 'call', title: '操作代码', width: 180, hidden: true },
  { key: 'subject_id', title: '对象编号', width: 290, hidden: true },
]

export default function AuditPage() {
  const list = useList(identity.audit, { filters: FILTERS })
  const [row, setRow] = useState<Row>()
  const [verdict, setVerdict] = useState<Verdict>()
  const [busy, setBusy] = useState(false)
  const check = async () => {
    setBusy(true)
    try {
      setVerdict(await verify())
    } catch (error) {
      toast.refused(asRefused(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <ListPage
        {...list} title="操作日志" name="identity.audit" columns={COLUMNS} row_key="audit_id" open={setRow}
        actions={<Button loading={busy} onClick={() => void check()}>核验封存链</Button>}
        note={verdict ? <VerdictLine v={verdict} close={() => setVerdict(undefined)} /> : null}
        empty={{ text: '这段时间没有符合条件的操作记录' }}
      />
      <Drawer open={row !== undefined} onClose={() => setRow(undefined)} title={row?.call_zh ?? ''} size={620} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}>
        {row ? <Detail row={row} /> : null}
      </Drawer>
    </>
  )
}

function VerdictLine({ v, close }: { v: Verdict; close: () => void }) {
  const text = v.ok
    ? `封存链完整:${v.seal_count} 个封条、${v.row_count} 条记录未被改动${v.unsealed_count ? `,另有 ${v.unsealed_count} 条等待封存` : ''}`
    : `封存链已断开:从第 ${v.broken_at ?? '?'} 个封条起与记录不符,请立即联系系统管理员`
  return <Alert type={v.ok ? 'success' : 'error'} showIcon role="status" title={text} description={v.head ? <code>链首 {v.head}</code> : undefined} closable={{ closeIcon: true, 'aria-label': '关闭', onClose: close }} />
}

function Detail({ row }: { row: Row }) {
  return (
    <div className="hy-stack">
      <Facts
        facts={[
          ['时间', instant(row.at, { seconds: true })],
          ['操作人', row.actor_name],
          ['端', FACE?.[row.face] ?? row.face],
          ['结果', <StateTag key="o" value={row.outcome} words={OUTCOME} tones={TONES} />],
          ['拒绝原因', row.refusal],
          ['来源地址', row.ip],
          ['操作代码', row.call],
          ['对象', row.subject_type ? `${row.subject_zh ?? row.subject_type} ${row.subject_id ?? ''}` : null],
          ['编号', row.audit_id],
        ]}
      />
      <Changes detail={row.detail} />
    </div>
  )
}
