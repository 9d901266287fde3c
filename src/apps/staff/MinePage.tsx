import { Button } from 'antd-mobile'
import type { ReactNode } from 'react'
import { identity } from '../../modules/identity/contract.ts'
import { PasswordPage } from '../../modules/identity/staff/PasswordPage.tsx'
import { useStopPush } from '../../modules/messages/push_here.tsx'
import { useWrite } from '../../ui/api.ts'
import { setBigType, useBigType } from '../../ui/phone/look.ts'
import { Facts, RowButton, RowLink, RowSwitch, Tag } from '../../ui/phone/bits.tsx'
import { confirm } from '../../ui/phone/confirm.ts'
import { ownerOf } from '../../ui/phone/me.ts'
import { useOutbox } from '../../ui/phone/outbox_sender.ts'
import { dropKept } from '../../ui/phone/phone_store.ts'
import { Page } from '../../ui/phone/Page.tsx'
import { goBack, hrefOf } from '../../ui/phone/router.tsx'
import { ShadeRow } from '../../ui/phone/ShadeRow.tsx'
import { lastMe, useMe } from './me.ts'

export function MinePage({ tabs }: { tabs: ReactNode }) {
  const me = useMe()
  const { entries } = useOutbox()
  const big = useBigType()
  const stopPush = useStopPush()
  const out = useWrite(identity.signOut, { invalidates: [] })
  const change = useWrite(identity.switchCompany, { invalidates: [] })
  const others = me.companies.filter((c) => c.kind === 'staff' && c.company_id !== me.company_id)
  const startAgain = async (): Promise<void> => {
    lastMe.set(undefined)
    await dropKept(ownerOf(me)).catch(() => undefined)
    location.replace(hrefOf('/'))
  }
  const leave = async (): Promise<void> => {
    const text = entries.length > 0 ? `手机上还有 ${entries.length} 条记录没有上传或待处理。它们会留在这部手机上,您再次登录后继续上传。` : undefined
    if (!(await confirm({ title: '退出登录?', yes: '退出', ...(text ? { text } : {}) }))) return
    await stopPush()
    if (await out.run({})) await startAgain()
  }
  return (
    <Page title="我的" tabs={tabs}>
      <section className="ph-card" aria-label="个人信息">
        <h2>{me.name}</h2>
        <Facts rows={[['公司', me.company_name], ['岗位', me.roles.join('、') || '—']]} />
      </section>
      <div className="ph-list">
        <RowLink icon="mail" title="消息" to="/messages" />
        <RowLink icon="people" title="我的档案" under="岗位、合同、证书" to="/staff/mine" />
        <RowLink icon="history" title="打卡与考勤" under="打卡、补卡、月度确认" to="/attendance" />
        <RowLink icon="calendar" title="请假与加班" under="申请、余额" to="/staff/leave" />
        <RowLink icon="device" title="消息推送" to="/mine/push" />
        <RowLink icon="todo" title="待处理" under="没有上传和没有通过的记录" to="/pending" {...(entries.length > 0 ? { side: <Tag kind="bad">{entries.length}</Tag> } : {})} />
        <RowLink icon="key" title="修改口令" to="/mine/password" />
        <RowSwitch icon="type" title="大字版" on={big} set={setBigType} />
        <ShadeRow />
        {others.map((c) => <RowButton key={c.company_id} icon="refresh" title={`切换到 ${c.short_name}`} onClick={() => void change.run({ company_id: c.company_id }).then((done) => (done ? startAgain() : undefined))} />)}
      </div>
      <Button className="ph-big" block loading={out.running} onClick={() => void leave()}>退出登录</Button>
      <p className="ph-center ph-weak ph-small">和院 {me.version}</p>
    </Page>
  )
}

export const ChangePassword = () => <PasswordPage must={false} changed={() => goBack('/mine')} />
