// What is typed into a camera so that it pushes here, and what came back when the platform asked it, in words.
import { Button, Typography } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { parking, type CameraRow, type DialectName } from '../contract.ts'
import { said } from '../shown.ts'

const ASKED_MS = 1_000
export const REACH_NOTE: Readonly<Record<DialectName, string>> = {
  vzenith: '填相机在局域网里的网页地址和登录账号;平台只读名单,每天夜里和名单变动后各核对一次。留空地址即不读。',
  dahua: '填写后由平台访问相机开闸,岗亭才能手动开闸、才能下发和核对名单;留空则只按识别推送的应答开闸。地址是相机在局域网里的网页地址,如 http://192.168.1.108。',
  hikvision: '海康相机不按推送的应答开闸,由平台访问相机下令:必须填写相机在局域网里的地址(如 http://192.168.1.64)和有「远程控制」权限的账号,否则道闸不会开。',
}
/** Whether the platform gets through to a camera whose barrier opens by being asked. */
export function Asked({ k }: { k: CameraRow }) {
  if (k.dialect === 'vzenith' || k.retired) return null
  if (!k.reach_host) return <span className="hy-red pk-wrap"> 没有填相机地址,{NO_REACH[k.dialect]}</span>
  if (k.ask_fault) return <span className="hy-red pk-wrap"> 访问相机:{k.ask_fault}</span>
  if (k.about?.hosts && !k.about.hosts.some((h) => h.ours)) return <span className="hy-red pk-wrap"> 相机没有推送到本平台,请在「推送地址」里重设监听</span>
  return k.reached_at ? <span className="hy-muted"> 应答 {instant(k.reached_at)}</span> : null
}
const NO_REACH: Readonly<Record<DialectName, string>> = { vzenith: '不能读回名单', hikvision: '平台不能开闸', dahua: '岗亭不能手动开闸' }
function steps(dialect: DialectName, path: string): (readonly [string, React.ReactNode])[] {
  const at = new URL(path, location.origin)
  const tls = at.protocol === 'https:'
  const port = at.port || (tls ? '443' : '80')
  const copy = (text: string) => <Typography.Text copyable code>{text}</Typography.Text>
  if (dialect === 'vzenith') return [['推送地址', copy(at.href)], ['协议', 'HTTP 推送,识别结果和心跳都填它;心跳选「comet 轮询」,开启断线重传']]
  if (dialect === 'dahua') return [['在相机上', '网络 → 平台接入(有的版本叫「ITSAPI」):启用,协议 HTTP/JSON'], ['平台服务器', copy(at.hostname)], ['端口', copy(port)], ['过车上传路径', copy(`${path}/NotificationInfo/TollgateInfo`)], ['心跳路径', copy(`${path}/NotificationInfo/KeepAlive`)], ['注册路径', copy(`${path}/DeviceInfo`)], ['其他', `心跳间隔 10 至 30 秒;上传图片选「全景图」;${tls ? '启用 HTTPS;' : ''}用户名、密码可以不填(口令已在路径里)`], ['道闸控制', '开闸方式选「平台控制」;断网时由名单放行'], ['对时', '开启 NTP,时区选北京']]
  return [['在相机上', '配置 → 网络 → 高级配置 → HTTP 监听(有的版本叫「报警主机」)'], ['目的地址', copy(at.hostname)], ['URL', copy(path)], ['端口', copy(port)], ['协议', `${tls ? 'HTTPS' : 'HTTP'},认证方式选「无」`], ['联动', '车辆检测(车牌识别)的联动方式勾选「上传中心」,并开启断网续传'], ['对时', '开启 NTP,时区选北京']]
}
export function CameraAddress({ lot_id, camera: k, close }: { lot_id: string; camera: CameraRow; close: () => void }) {
  const address = useRead(parking.cameraAddress, { camera_id: k.camera_id }, { stale_ms: 0 })
  const ask = useWrite(parking.askCamera)
  const mend = useWrite(parking.mendCamera, { in_form: true, done: '正在重设' })
  const [mending, setMending] = useState(false)
  // It opens under the lanes, on a phone below the edge of the screen: whoever pressed the button is brought to it, and again when its lines are there.
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Newer browsers answer with a promise, which is no way to end an effect.
    void box.current?.scrollIntoView({ block: 'nearest' })
  }, [k.camera_id, address.data])
  // What it answers comes a moment later.
  useRead(parking.lot, { lot_id }, { enabled: k.ask_waiting, refresh_ms: ASKED_MS, keep: true })
  return (
    <div ref={box} className="hy-card hy-stack" role="region" aria-label="推送地址">
      <p>{k.name}({said('dialect', k.dialect)}):填到相机上的内容。地址里有这台相机的口令,只给安装人员。</p>
      {address.data ? <dl className="pk-type">{steps(address.data.dialect, address.data.path).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl> : <p className="hy-muted">{address.error ? address.error.message : '正在读取'}</p>}
      <Told k={k} />
      <div className="hy-line">
        <Button loading={ask.running || k.ask_waiting} disabled={!k.reach_host} onClick={() => void ask.run({ camera_id: k.camera_id })}>测试连接</Button>
        {k.dialect === 'hikvision' ? <Button disabled={!k.reach_host || k.ask_waiting} onClick={() => setMending(true)}>重设监听</Button> : null}
        <Button onClick={close}>收起</Button>
      </div>
      {mending ? <FormModal open title={`${k.name}:重设监听`} submit="重设" onClose={() => { setMending(false); mend.reset() }} call={parking.mendCamera} loading={mend.running} submitError={mend.error} note={<p className="hy-muted">把推送地址写回相机(相机重启后监听可能被关掉)。只写空着的或本平台的那一条,不动别的平台。</p>} fields={[{ name: 'origin', help: '相机在它的网络里能访问到的平台网址' }]} fixed={{ camera_id: k.camera_id }} initial={{ origin: location.origin }} onSubmit={async (i) => { if (await mend.run(i)) setMending(false) }} /> : null}
    </div>
  )
}
function Told({ k }: { k: CameraRow }) {
  if (!k.reach_host) return <p className={k.dialect === 'vzenith' ? 'hy-muted' : 'hy-red'}>还没有在「相机地址」填写地址和账号,{NO_REACH[k.dialect]}。</p>
  if (k.ask_waiting) return <p className="hy-muted" role="status">正在访问 {k.reach_host} …</p>
  if (k.ask_fault) return <p className="hy-red" role="status">访问 {k.reach_host} 没有成功:{k.ask_fault}{k.asked_at ? `(${instant(k.asked_at)})` : ''}</p>
  if (!k.about || !k.reached_at) return <p className="hy-muted" role="status">还没有访问过 {k.reach_host}</p>
  const a = k.about
  const parts = [a.model, a.serial_no ? `序列号 ${a.serial_no}` : '', a.firmware ? `版本 ${a.firmware}` : '', a.list_count === null ? '' : `名单 ${a.list_count} 个`, k.clock_off_s === null ? '' : k.clock_off_s === 0 ? '时钟一致' : `时钟差 ${k.clock_off_s} 秒`].filter(Boolean)
  const hosts = a.hosts?.filter((h) => h.to) ?? []
  const listens = a.hosts === null ? null : a.hosts.some((h) => h.ours) ? <span>监听地址是本平台({hosts.find((h) => h.ours)?.to ?? ''})。</span> : <span className="hy-red">{hosts.length ? `监听地址是别处:${hosts.map((h) => h.to).join('、')}` : '监听地址是空的,可能相机重启后被关掉'},识别不会推送到这里。</span>
  return <p role="status">{k.reach_host} 应答正常({instant(k.reached_at)}):{parts.join(',')}。{listens}</p>
}
