// The cameras of the sample: a recorder with sixteen channels and a dome that turns, at the addresses the sample wrote down, and a recorder of GB/T 28181 that comes by itself.
import { GbDevice } from './gb_device.ts'
import { OnvifCamera } from './onvif_device.ts'
import { RtspCamera } from './rtsp_server.ts'

const GB_CHANNELS = ['会所大堂', '会所泳池', '会所健身房', '会所后门球机']
export interface SimSite {
  gb?: { server_code: string; code: string; password: string }
  port: number
  onvif_port: number
  channels: number
  dome_channel: number
  user: string
  password: string
}
export async function startCameras(site: SimSite, now: () => number, sip_port?: number): Promise<{ count: number; stop: () => Promise<void> }> {
  const { user, password, channels } = site
  const recorder = await new RtspCamera({ no: 1, user, password, channels }, now).listen(site.port)
  const dome = await new OnvifCamera({ user, password, rtsp_port: site.port, channel: site.dome_channel, now, onTurn: (by) => recorder.turn(site.dome_channel, by) }).listen(site.onvif_port)
  const { gb } = site
  // Its number of the area and its own tail, with 132 for a camera, make the numbers of its channels.
  const box = gb && sip_port ? await new GbDevice({ code: gb.code, password: gb.password, server: { code: gb.server_code, host: '127.0.0.1', port: sip_port }, channels: GB_CHANNELS.map((name, i) => ({ code: `${gb.code.slice(0, 10)}132${String(i + 1).padStart(7, '0')}`, name, no: 21 + i, ptz: name.includes('球机') })) }, now).start() : undefined
  return { count: channels + (box ? GB_CHANNELS.length : 0), stop: async () => void (await Promise.all([recorder.close(), dome.close(), box?.stop()])) }
}
