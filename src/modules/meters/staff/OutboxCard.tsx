import { Button } from 'antd-mobile'
import { Link } from '../../../ui/phone/router.tsx'
import { useOnline } from '../../../ui/phone/online.ts'
import { sendNow, useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { Icon } from '../../../ui/phone/icons.tsx'

/** How much is still on the phone, and what wants a person. */
export function OutboxCard() {
  const { entries, sending, broken } = useOutbox()
  const online = useOnline()
  const waiting = entries.filter((e) => e.state === 'waiting').length
  const refused = entries.length - waiting
  if (broken) return <p role="alert" className="ph-card ph-fault">这个浏览器不允许在手机上保存数据,没有网络时不能抄表。请退出无痕模式,或换系统浏览器打开。</p>
  return (
    <div aria-live="polite" className="ph-section">
      {waiting > 0 ? (
        <div className="ph-card ph-line st-outbox">
          <span className="ph-row-body"><b>{waiting} 条读数存在手机上</b><span className="ph-weak ph-small" style={{ display: 'block' }}>{sending ? '正在上传' : online ? '等待上传' : '有网络后自动上传,不会丢失'}</span></span>
          {online ? <Button className="ph-mid" color="primary" loading={sending} onClick={() => void sendNow()}>立即上传</Button> : null}
        </div>
      ) : null}
      {refused > 0 ? <Link className="st-refused" to="/pending"><Icon name="warn" />{refused} 条没有通过,请处理</Link> : null}
    </div>
  )
}
