import type { AdminModule } from '../../../ui/module.ts'

export const videoAdmin: AdminModule = {
  parts: [{ at: 'parking.lane', needs: 'video.camera.watch', part: () => import('./LaneLive.tsx').then((m) => ({ default: m.LaneLive })) }, { at: 'iot.alarm', needs: 'video.clip.read', part: () => import('./AlarmMedia.tsx').then((m) => ({ default: m.AlarmMedia })) }],
  menu: [
    { group: '安防秩序', label: '监控墙', path: '/video/wall', needs: 'video.camera.watch', place: 20 },
    { group: '安防秩序', label: '录像回放', path: '/video/playback', needs: 'video.playback.watch', place: 21 },
    { group: '安防秩序', label: '留存片段', path: '/video/clips', needs: 'video.clip.read', place: 22 },
    { group: '安防秩序', label: '摄像机', path: '/video/cameras', needs: 'video.camera.read', place: 23 },
    { group: '安防秩序', label: '国标设备', path: '/video/gb', needs: 'video.camera.change', place: 24 },
    { group: '安防秩序', label: '观看记录', path: '/video/views', needs: 'video.view.read', place: 25 },
  ],
  routes: [
    { path: '/video/wall', title: '监控墙', needs: 'video.camera.watch', page: () => import('./WallPage.tsx'), help: ['先点一格,再点左边的摄像机;双击或「放大」看主码流。', '选了哪些画面在网址里,可以收藏或发给同事。', '每看一路都有观看记录;画面停住会写在格子里。', '「留存」保存点击前后各 30 秒;「截图」直接留存。', '按住云台的方向键转动,松开即停。'] },
    { path: '/video/playback', title: '录像回放', needs: 'video.playback.watch', page: () => import('./PlaybackPage.tsx'), help: ['蓝色是自有录像,橙色是留存片段;点时间条从那时看起。', '没有自有录像时由录像机回放。', '设起点、放到终点、「留存到此」把一段另存,不随录像到期删除。'] },
    { path: '/video/clips', title: '留存片段', needs: 'video.clip.read', page: () => import('./ClipsPage.tsx'), help: ['报警和异常通行由对着它的摄像机自动留存,也可以人工留存。', '到期自动删除;要作证据的点「保全」。', '观看和下载都有记录。'] },
    { path: '/video/cameras', title: '摄像机', needs: 'video.camera.read', page: () => import('./CamerasPage.tsx'), help: ['保存后自动测试:显示编码、分辨率和首画面用时。', '子码流请在摄像机里设为 H.264;H.265 浏览器大多不能播放。', '地址和口令加密保存,口令不再显示;改了主机要重新填口令。', '给摄像机选上对着的门和设备,报警和通行时才会自动留片段。'] },
    { path: '/video/gb', title: '国标设备', needs: 'video.camera.change', page: () => import('./GbPage.tsx'), help: ['把「本平台」的编号、域、地址和端口抄到设备里,再在这里登记设备的编号和口令。', '设备上线后自动取一次目录;点「通道」挑选,选入的才成为摄像机。', '注册不上来,看下面「被拒绝的注册」:写着来自哪里、为什么。', '防火墙要放行上面的端口(UDP 和 TCP)和取流端口 30000–30498。', '画面断续改用 TCP 取流;编码请在设备里设为 H.264。'] },
    { path: '/video/views', title: '观看记录', needs: 'video.view.read', page: () => import('./ViewsPage.tsx'), help: ['谁、何时、看了哪台摄像机、看了多久,不能修改。', '过了保存期自动删除,期限在「摄像机」的视频规则里。'] },
  ],
}
