// One rule on the phone, also without network; where it is asked for, the confirmation at the foot.
import { Button } from 'antd-mobile'
import { useEffect } from 'react'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { office } from '../contract.ts'
import { RuleText } from '../RuleText.tsx'
import { useRule } from './kept.ts'

export function RulePage() {
  const doc_id = useParam('doc_id')
  const q = useRule(doc_id)
  const see = useWrite(office.seeRule, { invalidates: [office.myRules] })
  const ok = useWrite(office.seeRule, { done: '已确认', invalidates: [office.myRule, office.myRules] })
  const r = q.data?.value
  const unread = r && !q.data?.old && r.required && r.read_at === null ? r.version_id : undefined
  const { run } = see
  useEffect(() => { if (unread) void run({ version_id: unread }) }, [unread, run])
  return (
    <Page title="制度" back="/office/mine" {...(r?.can.confirm === true && !q.data?.old ? { foot: <Button className="ph-big" block color="primary" loading={ok.running} onClick={() => void ok.run({ version_id: r.version_id, confirm: true })}>已读并遵守</Button> } : {})}>
      <Loaded reading={q}>
        {({ value, old, saved_at }) => (
          <article className="ph-card ph-section" aria-label={value.title}>
            {old ? <p className="ph-strip" role="status">没有网络,显示的是 {instant(saved_at)} 存在手机上的内容</p> : null}
            <h2>{value.title}</h2>
            <p className="ph-weak ph-small">{value.no} 第 {value.version_no} 版 · {value.state === 'coming' ? `${value.from_on} 起执行` : `${value.from_on} 起现行`}</p>
            {value.confirmed_at ? <p className="ph-strip" role="status">您已于 {instant(value.confirmed_at)} 确认</p> : null}
            <RuleText body={value.body} />
            {value.files.map((f) => <p key={f.file_id}><a href={fileUrl(office.ruleFile, { version_id: value.version_id, file_id: f.file_id })} target="_blank" rel="noreferrer">附件:{f.name}</a></p>)}
            <Facts rows={[['分类', value.class_name], ['适用范围', value.community_name], ['批准', value.agreed_by_name ?? '—'], ['修订说明', value.change_note], value.required && value.due_on ? ['应读完', value.due_on] : null]} />
          </article>
        )}
      </Loaded>
    </Page>
  )
}
