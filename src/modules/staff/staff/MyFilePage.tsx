// 我的档案: what the company keeps of me: post, contract, certificates. Numbers are masked.
import { useRead } from '../../../ui/api.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { staff, type MyFile } from '../contract.ts'
import { LIGHT_TONES, STATE_TONES, leftText, said } from '../shown.ts'

const tag = (tone: 'good' | 'bad' | 'warn' | 'busy' | 'plain'): { kind?: 'good' | 'bad' | 'warn' | 'busy' } => (tone === 'plain' ? {} : { kind: tone })
export function MyFilePage() {
  const q = useRead(staff.mine, {})
  return <Page title="我的档案" back="/mine"><Loaded reading={q}>{({ file }) => (file ? <Shown f={file} /> : <StateBlock icon="info" title="没有关联员工档案" text="请联系公司人事,把您的登录账号关联到员工档案。" />)}</Loaded></Page>
}
function Shown({ f }: { f: NonNullable<MyFile['file']> }) {
  return (
    <>
      <section className="ph-card ph-section" aria-label="基本情况">
        <div className="ph-between"><h2>{f.name}</h2><Tag {...tag(STATE_TONES[f.state])}>{said('state', f.state)}</Tag></div>
        <Facts rows={[['工号', f.no], ['岗位', f.post_name], ['部门', f.department_name], ['小区', f.community_name], ['入职日', f.entered_on], f.probation_to_on ? ['试用期至', f.probation_to_on] : null, f.left_on ? ['最后工作日', f.left_on] : null, ['手机', f.phone_masked ?? '未登记'], ['证件号', f.id_tail ? `****${f.id_tail}` : '未登记'], ['紧急联系人', [f.emergency_name, f.emergency_phone_masked].filter(Boolean).join(' ') || '未登记']]} />
        <p className="ph-muted">有变动请告诉公司人事。</p>
      </section>
      <section className="ph-card ph-section" aria-label="证书">
        <h2>证书</h2>
        {f.certs.length === 0 ? <p className="ph-muted">没有登记证书。</p> : f.certs.map((k) => <div key={k.key} className="ph-between"><span>{k.kind_name}{k.needed ? '(岗位要求)' : ''}<br /><span className="ph-muted">{k.cert_id ? (k.valid_to_on ? `至 ${k.valid_to_on},${leftText(k.days_left)}` : '长期有效') : '还没有登记'}</span></span><Tag {...tag(LIGHT_TONES[k.light])}>{said('light', k.light)}</Tag></div>)}
      </section>
      <section className="ph-card ph-section" aria-label="劳动合同">
        <h2>劳动合同</h2>
        {f.contracts.length === 0 ? <p className="ph-muted">还没有登记。</p> : <Facts rows={f.contracts.map((k) => [said('contract', k.kind), `${k.from_on} 至 ${k.ended_on ?? k.to_on ?? '无固定期限'}`] as const)} />}
      </section>
      <section className="ph-card ph-section" aria-label="岗位经历">
        <h2>岗位经历</h2>
        <Facts rows={f.assignments.filter((a) => a.voided === null).map((a) => [a.from_on, `${a.community_name} ${a.department_name} ${a.post_name}`] as const)} />
        <p className="ph-muted">职责:{f.duties}</p>
      </section>
    </>
  )
}
