// The cameras of the sample: a recorder with sixteen channels and a dome that turns, at the addresses the sample wrote down.
import { OnvifCamera } from './onvif_device.ts'
import { RtspCamera } from './rtsp_server.ts'

export interface SimSite {
  port: number
  onvif_port: number
  channels: number
  dome_channel: number
  user: string
  password: string
}
export async function startCameras(site: SimSite, now: () => number): Promise<{ count: number; stop: () => Promise<void> }> {
  const { user, password, channels } = site
  const recorder = await new RtspCamera({ no: 1, user, password, channels }, now).listen(site.port)
  const dome = await new OnvifCamera({ user, password, rtsp_port: site.port, channel: site.dome_channel, now, onTurn: (by) => recorder.turn(site.dome_channel, by) }).listen(site.onvif_port)
  return { count: channels, stop: async () => void (await Promise.all([recorder.close(), dome.close()])) }
}
