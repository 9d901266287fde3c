// 阅读制度: opening it is reading it; where it is asked for, the confirmation is pressed by hand.
import { Button } from 'antd'
import { useEffect } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { analytics } from '../../analytics/contract.ts'
import { office } from '../contract.ts'
import { RuleText } from '../RuleText.tsx'
import { TONES } from '../shown.ts'
import { words } from '../words.ts'

export default function ReadRulePage() {
  const doc_id = useParam('doc_id')
  const q = useRead(office.myRule, { doc_id }, { stale_ms: 0 })
  const see = useWrite(office.seeRule, { invalidates: [office.myRules, analytics.workbench] })
  const ok = useWrite(office.seeRule, { done: '已确认', invalidates: [office.myRule, office.myRules, analytics.workbench] })
  const may = useMay()
  const r = q.data
  const unread = r?.required && r.read_at === null ? r.version_id : undefined
  const { run } = see
  useEffect(() => { if (unread) void run({ version_id: unread }) }, [unread, run])
  return (
    <DetailPage
      title={r?.title ?? '阅读制度'} loading={q.loading} error={q.error} retry={q.retry} back="/office/mine" tags={r ? <><StateTag value={r.state} words={words.states!['rule']} tones={TONES} /><span className="hy-muted">第 {r.version_no} 版</span></> : null}
      actions={r ? <>{may('office.rule.read') ? <Go to={`/office/rules/${r.doc_id}`}>打开档案</Go> : null}<Button href={fileUrl(office.rulePdf, { version_id: r.version_id })} target="_blank">打印</Button>{r.can.confirm === true ? <Button type="primary" loading={ok.running} onClick={() => void ok.run({ version_id: r.version_id, confirm: true })}>已读并遵守</Button> : null}</> : null}
      facts={r ? [['编号', r.no], ['分类', r.class_name], ['适用范围', r.community_name], ['生效日', r.from_on], ['批准', r.agreed_by_name ?? ''], ['修订说明', r.change_note], ['应读完', r.due_on ?? '—'], ['确认', r.confirmed_at ? instant(r.confirmed_at) : r.required && r.must_confirm ? '还没确认' : '不需要']] : []}
    >
      {r ? <div className="hy-card" style={{ maxWidth: 860 }}><RuleText body={r.body} />{r.files.map((f) => <p key={f.file_id}><a href={fileUrl(office.ruleFile, { version_id: r.version_id, file_id: f.file_id })} target="_blank" rel="noreferrer">附件:{f.name}</a></p>)}</div> : null}
    </DetailPage>
  )
}
